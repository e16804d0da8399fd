/** What the custom_id of everything under an answer begins with. */
export const ANSWER_PREFIX = 'answer';

/** What the buttons under an answer do; custom_id `answer:<question id>:<action>`. */
const ACTIONS = ['context', 'more', 'translation', 'followUp', 'image', 'good', 'bad'] as const;
export type Action = (typeof ACTIONS)[number];

/** custom_id of a button. @param page of `more`, from 0 */
export function actionId(id: string, action: Action, page?: number): string {
  return `${ANSWER_PREFIX}:${id}:${action}${page === undefined ? '' : `:${page}`}`;
}

/** What a custom_id asks for; each part is `undefined` unless it is one that {@link actionId} could have written. */
export function parseAction(customId: string): { readonly id: string | undefined; readonly action: Action | undefined; readonly page: number | undefined } {
  const [, id, action, page] = customId.split(':');
  return { id, action: ACTIONS.find((known) => known === action), page: page !== undefined && /^\d{1,3}$/u.test(page) ? Number(page) : undefined };
}
