/** What Discord allows, named once. Lengths in characters as Discord counts them; UTF-16 units are never fewer, so they are used. */
export const LIMITS = {
  embedTitle: 256,
  embedDescription: 4_096,
  embedFooter: 2_048,
  embedFieldValue: 1_024,
  /** Of all embeds of a message together. */
  embedTotal: 6_000,
  choices: 25,
  choiceName: 100,
  customId: 100,
  buttonLabel: 80,
  attachmentDescription: 1_024,
} as const;

/** A conversation is forgotten after this, in milliseconds. */
export const CONVERSATION_LIFE = 30 * 60_000;
/** Discord shows "typing…" for 10 s; it is renewed this often, in milliseconds. */
export const TYPING_INTERVAL = 8_000;
/** A stop waits this long for answers under way, in milliseconds. */
export const STOP_PATIENCE = 7_000;
