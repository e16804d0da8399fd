import * as v from 'valibot';

const words = v.pipe(
  v.string('expected text'),
  v.transform((text) => text.replace(/\s+/gu, ' ').trim()),
  v.minLength(1, 'expected text'),
  v.maxLength(500, 'expected at most 500 characters'),
);
/** A day, as `YYYY-MM-DD`; a time behind it is left out. */
const day = v.pipe(
  v.string('expected a date such as 2024-05-31'),
  v.regex(/^\d{4}-\d{2}-\d{2}(?:[T ].*)?$/u, 'expected a date such as 2024-05-31'),
  v.transform((text) => text.slice(0, 10)),
  v.check((text) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text), 'expected a date such as 2024-05-31'),
);
const language = v.pipe(
  v.string('expected a language code such as ar'),
  v.regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/u, 'expected a language code such as ar'),
);
const link = v.pipe(
  v.string('expected an http(s) address'),
  v.maxLength(2_000, 'expected an http(s) address'),
  v.check((text) => URL.canParse(text) && /^https?:$/u.test(new URL(text).protocol), 'expected an http(s) address'),
);

/** What is told of a report beside its text. Unknown keys are errors. */
export const metadataSchema = v.strictObject({
  title: v.optional(words),
  /** Day it was published, `YYYY-MM-DD`. */
  date: v.optional(day),
  /** BCP 47. */
  language: v.optional(language),
  /** Where it was published; http or https. */
  link: v.optional(link),
});
export type Metadata = v.InferOutput<typeof metadataSchema>;

/**
 * Reads metadata as a person wrote it, in YAML.
 *
 * @throws Error that says in one line what is wrong
 */
export async function parseMetadata(text: string): Promise<Metadata> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error) throw new Error(`not valid YAML (line ${error.linePos?.[0].line ?? 1})`);
  // Without aliases: a few lines of them could unfold to gigabytes.
  let told: unknown;
  try {
    told = document.toJS({ maxAliasCount: 0 }) ?? {};
  } catch {
    throw new Error('aliases are not read; write the values out');
  }
  const result = v.safeParse(metadataSchema, told);
  if (result.success && !Array.isArray(told)) return result.output;
  const issue = result.issues?.[0];
  const key = issue && v.getDotPath(issue);
  if (!key || Array.isArray(told)) throw new Error('expected lines such as "date: 2024-05-31"');
  if (!(key in metadataSchema.entries)) throw new Error(`unknown key "${key.slice(0, 40)}"; known are ${Object.keys(metadataSchema.entries).join(', ')}`);
  throw new Error(`${key}: ${issue.message}`);
}

/** Of what a file says of itself, that which makes sense. */
export function sensible(found: { readonly [key in keyof Metadata]: string | null | undefined }): Metadata {
  return Object.fromEntries(
    Object.entries(found).flatMap(([key, value]) => {
      const result = v.safeParse(metadataSchema, { [key]: value });
      return value && result.success ? Object.entries(result.output) : [];
    }),
  );
}
