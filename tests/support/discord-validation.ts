/** What Discord refuses from a bot, with its codes and in its shapes, and what the objects look like that it sends. */
import {
  ApplicationCommandOptionType,
  ButtonStyle,
  ChannelType,
  ComponentType,
  InteractionResponseType,
  InteractionType,
  Locale,
  MessageFlags,
} from 'discord.js';
import type { ServerChannel, ServerGuild } from './discord-server.ts';

export type JsonObject = { [key: string]: unknown };
type Path = readonly (string | number)[];

export interface ApiFailure {
  readonly status: number;
  readonly body: JsonObject;
}

export const failure = (status: number, code: number, message: string): ApiFailure => ({
  status,
  body: { message, code },
});

export const emptyMessage = (): ApiFailure => failure(400, 50006, 'Cannot send an empty message');

export const asObject = (value: unknown): JsonObject => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {});

export const asArray = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

export const isSet = (value: unknown): boolean => value !== undefined && value !== null;

const lengthOf = (value: string): number => [...value].length;

class FormErrors {
  readonly #errors: JsonObject = {};
  #count = 0;

  add(path: Path, code: string, message: string): void {
    let node = this.#errors;
    for (const key of path) {
      node[key] ??= {};
      node = node[key] as JsonObject;
    }
    node._errors ??= [];
    asArray(node._errors).push({ code, message });
    this.#count += 1;
  }

  text(path: Path, value: unknown, limits: { min?: number; max: number; required?: boolean }): void {
    if (!isSet(value)) {
      if (limits.required) this.add(path, 'BASE_TYPE_REQUIRED', 'This field is required');
      return;
    }
    if (typeof value !== 'string') {
      this.add(path, 'STRING_TYPE_CONVERT', 'Could not interpret as string.');
      return;
    }
    const min = limits.min ?? 0;
    const length = lengthOf(value);
    if (length >= min && length <= limits.max) return;
    if (length === 0) this.add(path, 'BASE_TYPE_REQUIRED', 'This field is required');
    else if (min > 0) {
      this.add(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${limits.max} in length.`);
    } else this.add(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${limits.max} or fewer in length.`);
  }

  list(path: Path, value: unknown, limits: { min?: number; max: number }): JsonObject[] {
    if (!isSet(value)) return [];
    if (!Array.isArray(value)) {
      this.add(path, 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
      return [];
    }
    const min = limits.min ?? 0;
    if (value.length < min || value.length > limits.max) {
      if (min > 0) this.add(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${limits.max} in length.`);
      else this.add(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${limits.max} or fewer in length.`);
    }
    return value.map(asObject);
  }

  oneOf(path: Path, value: unknown, allowed: readonly unknown[]): void {
    if (!isSet(value) || allowed.includes(value)) return;
    this.add(path, 'BASE_TYPE_CHOICES', `Value must be one of (${allowed.map((item) => `'${item}'`).join(', ')}).`);
  }

  result(): ApiFailure | undefined {
    if (this.#count === 0) return undefined;
    return { status: 400, body: { message: 'Invalid Form Body', code: 50035, errors: this.#errors } };
  }
}

function checkEmbeds(errors: FormErrors, value: unknown, prefix: Path): void {
  let total = 0;
  for (const [index, embed] of errors.list([...prefix, 'embeds'], value, { max: 10 }).entries()) {
    const at = [...prefix, 'embeds', index];
    const footer = asObject(embed.footer);
    const author = asObject(embed.author);
    errors.text([...at, 'title'], embed.title, { max: 256 });
    errors.text([...at, 'description'], embed.description, { max: 4096 });
    errors.text([...at, 'footer', 'text'], footer.text, { max: 2048 });
    errors.text([...at, 'author', 'name'], author.name, { max: 256 });
    const texts = [embed.title, embed.description, footer.text, author.name];
    const fields = errors.list([...at, 'fields'], embed.fields, { max: 25 });
    for (const [position, field] of fields.entries()) {
      errors.text([...at, 'fields', position, 'name'], field.name, { min: 1, max: 256, required: true });
      errors.text([...at, 'fields', position, 'value'], field.value, { min: 1, max: 1024, required: true });
      texts.push(field.name, field.value);
    }
    for (const key of ['url', 'image', 'thumbnail'] as const) {
      const url = key === 'url' ? embed.url : asObject(embed[key]).url;
      if (typeof url !== 'string' || /^(https?|attachment):\/\/\S/.test(url)) continue;
      const path = key === 'url' ? [...at, key] : [...at, key, 'url'];
      errors.add(path, 'URL_TYPE_INVALID_URL', 'Not a well formed URL.');
    }
    const media = ['image', 'thumbnail', 'video'].some((key) => isSet(embed[key]));
    if (!media && texts.every((text) => asText(text).trim() === '')) {
      errors.add([...at, 'description'], 'BASE_TYPE_REQUIRED', 'This field is required');
    }
    total += texts.reduce<number>((sum, text) => sum + lengthOf(asText(text)), 0);
  }
  if (total > 6000) {
    errors.add([...prefix, 'embeds'], 'MAX_EMBED_SIZE_EXCEEDED', 'Embed size exceeds maximum size of 6000');
  }
}

function checkButton(errors: FormErrors, button: JsonObject, at: Path): void {
  errors.text([...at, 'label'], button.label, { max: 80 });
  if (!isSet(button.style)) errors.add([...at, 'style'], 'BASE_TYPE_REQUIRED', 'This field is required');
  if (!asText(button.label) && !isSet(button.emoji) && button.style !== ButtonStyle.Premium) {
    errors.add(at, 'BUTTON_COMPONENT_INVALID_EMPTY', 'A button must have a label or an emoji');
  }
  if (button.style === ButtonStyle.Link) {
    if (!asText(button.url)) errors.add([...at, 'url'], 'BASE_TYPE_REQUIRED', 'A url is required');
    if (isSet(button.custom_id)) {
      errors.add(at, 'BUTTON_COMPONENT_CUSTOM_ID_AND_URL', 'A custom id and url cannot both be specified');
    }
  } else if (button.style !== ButtonStyle.Premium && !asText(button.custom_id)) {
    errors.add([...at, 'custom_id'], 'BASE_TYPE_REQUIRED', 'A custom id is required');
  }
}

function checkSelect(errors: FormErrors, select: JsonObject, at: Path): void {
  errors.text([...at, 'placeholder'], select.placeholder, { max: 150 });
  if (!asText(select.custom_id)) errors.add([...at, 'custom_id'], 'BASE_TYPE_REQUIRED', 'This field is required');
  if (select.type !== ComponentType.StringSelect) return;
  const seen = new Set<unknown>();
  const options = errors.list([...at, 'options'], select.options ?? [], { min: 1, max: 25 });
  for (const [index, option] of options.entries()) {
    const path = [...at, 'options', index];
    errors.text([...path, 'label'], option.label, { min: 1, max: 100, required: true });
    errors.text([...path, 'value'], option.value, { min: 1, max: 100, required: true });
    errors.text([...path, 'description'], option.description, { max: 100 });
    if (seen.has(option.value)) {
      const message = 'The specified option value is already used';
      errors.add([...path, 'value'], 'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED', message);
    }
    seen.add(option.value);
  }
}

const SELECTS: readonly unknown[] = [
  ComponentType.StringSelect,
  ComponentType.UserSelect,
  ComponentType.RoleSelect,
  ComponentType.MentionableSelect,
  ComponentType.ChannelSelect,
];

/** Checks one component and everything in it; `ids` gathers the custom ids of the whole message or modal. */
function checkComponent(errors: FormErrors, component: JsonObject, at: Path, ids: Set<string>): void {
  const type = component.type;
  const id = component.custom_id;
  if (isSet(id)) errors.text([...at, 'custom_id'], id, { max: 100 });
  if (typeof id === 'string') {
    if (ids.has(id)) {
      const message = 'Component custom id cannot be duplicated';
      errors.add([...at, 'custom_id'], 'COMPONENT_CUSTOM_ID_DUPLICATED', message);
    }
    ids.add(id);
  }
  if (type === ComponentType.Button) checkButton(errors, component, at);
  else if (SELECTS.includes(type)) checkSelect(errors, component, at);
  else if (type === ComponentType.TextInput) {
    errors.text([...at, 'label'], component.label, { min: 1, max: 45 });
    errors.text([...at, 'placeholder'], component.placeholder, { max: 100 });
    errors.text([...at, 'value'], component.value, { max: 4000 });
    if (!asText(id)) errors.add([...at, 'custom_id'], 'BASE_TYPE_REQUIRED', 'This field is required');
    if (!isSet(component.style)) errors.add([...at, 'style'], 'BASE_TYPE_REQUIRED', 'This field is required');
  } else if (type === ComponentType.Label) {
    errors.text([...at, 'label'], component.label, { min: 1, max: 45, required: true });
    errors.text([...at, 'description'], component.description, { max: 100 });
  } else if (type === ComponentType.TextDisplay) {
    errors.text([...at, 'content'], component.content, { min: 1, max: 4000, required: true });
  }
  if (type === ComponentType.ActionRow) {
    const children = errors.list([...at, 'components'], component.components ?? [], { min: 1, max: 5 });
    if (children.length > 1 && children.some((child) => SELECTS.includes(child.type))) {
      const message = 'The specified component exceeds the maximum width';
      errors.add([...at, 'components', 1], 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', message);
    }
  }
  for (const [index, child] of asArray(component.components).entries()) {
    checkComponent(errors, asObject(child), [...at, 'components', index], ids);
  }
  for (const key of ['component', 'accessory']) {
    if (isSet(component[key])) checkComponent(errors, asObject(component[key]), [...at, key], ids);
  }
}

function checkMessageComponents(errors: FormErrors, message: JsonObject, prefix: Path): void {
  const path = [...prefix, 'components'];
  const modern = (Number(message.flags ?? 0) & MessageFlags.IsComponentsV2) !== 0;
  if (modern) {
    for (const key of ['content', 'embeds']) {
      const used = asText(message[key]) !== '' || asArray(message[key]).length > 0;
      const text = `The '${key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`;
      if (used) errors.add([...prefix, key], 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', text);
    }
  }
  const ids = new Set<string>();
  for (const [index, row] of errors.list(path, message.components, { max: modern ? 40 : 5 }).entries()) {
    if (!modern) errors.oneOf([...path, index, 'type'], row.type ?? 0, [ComponentType.ActionRow]);
    checkComponent(errors, row, [...path, index], ids);
  }
}

function checkAllowedMentions(errors: FormErrors, value: unknown, prefix: Path): void {
  if (!isSet(value)) return;
  const path = [...prefix, 'allowed_mentions'];
  if (typeof value !== 'object' || Array.isArray(value)) {
    errors.add(path, 'MODEL_TYPE_CONVERT', 'Only dictionaries may be used in a ModelType');
    return;
  }
  const mentions = asObject(value);
  errors.list([...path, 'parse'], mentions.parse, { max: 3 });
  const parse = asArray(mentions.parse);
  for (const [index, kind] of parse.entries()) {
    errors.oneOf([...path, 'parse', index], kind, ['everyone', 'users', 'roles']);
  }
  for (const key of ['users', 'roles']) {
    errors.list([...path, key], mentions[key], { max: 100 });
    const ids = asArray(mentions[key]);
    for (const [index, id] of ids.entries()) {
      if (typeof id === 'string' && /^\d{1,20}$/.test(id)) continue;
      errors.add([...path, key, index], 'NUMBER_TYPE_COERCE', `Value "${id}" is not snowflake.`);
    }
    if (parse.includes(key) && ids.length > 0) {
      const message = `parse:["${key}"] and ${key}: [ids...] are mutually exclusive.`;
      errors.add(path, 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', message);
    }
  }
  const replied = mentions.replied_user;
  if (isSet(replied) && typeof replied !== 'boolean') {
    errors.add([...path, 'replied_user'], 'BOOLEAN_TYPE_CONVERT', 'Must be either true or false.');
  }
}

/** `prefix` is `['data']` in an interaction callback, where the message is nested. */
export function validateMessage(message: JsonObject, prefix: Path = []): ApiFailure | undefined {
  const errors = new FormErrors();
  errors.text([...prefix, 'content'], message.content, { max: 2000 });
  checkEmbeds(errors, message.embeds, prefix);
  checkMessageComponents(errors, message, prefix);
  checkAllowedMentions(errors, message.allowed_mentions, prefix);
  return errors.result();
}

export function validateChoices(data: JsonObject): ApiFailure | undefined {
  const errors = new FormErrors();
  const path = ['data', 'choices'];
  for (const [index, choice] of errors.list(path, data.choices ?? [], { max: 25 }).entries()) {
    checkChoice(errors, choice, [...path, index]);
  }
  return errors.result();
}

function checkChoice(errors: FormErrors, choice: JsonObject, at: Path): void {
  errors.text([...at, 'name'], choice.name, { min: 1, max: 100, required: true });
  if (typeof choice.value === 'number') return;
  errors.text([...at, 'value'], choice.value, { min: 1, max: 100, required: true });
}

export function validateModal(data: JsonObject): ApiFailure | undefined {
  const errors = new FormErrors();
  errors.text(['data', 'title'], data.title, { min: 1, max: 45, required: true });
  errors.text(['data', 'custom_id'], data.custom_id, { min: 1, max: 100, required: true });
  const path = ['data', 'components'];
  const ids = new Set<string>();
  for (const [index, component] of errors.list(path, data.components ?? [], { min: 1, max: 5 }).entries()) {
    checkComponent(errors, component, [...path, index], ids);
  }
  return errors.result();
}

const COMMAND_NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const LOCALES: readonly string[] = Object.values(Locale);
const OPTION_TYPES = Object.values(ApplicationCommandOptionType).filter((type) => typeof type === 'number');

function checkName(errors: FormErrors, name: unknown, at: Path, chatInput: boolean): void {
  errors.text(at, name, { min: 1, max: 32, required: true });
  const text = asText(name);
  if (!chatInput || text === '' || (COMMAND_NAME.test(text) && text === text.toLowerCase())) return;
  errors.add(at, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
}

function checkLocalizations(errors: FormErrors, value: unknown, at: Path, check: (text: unknown, at: Path) => void) {
  for (const [locale, text] of Object.entries(asObject(value))) {
    errors.oneOf([...at, locale], locale, LOCALES);
    if (text !== null) check(text, [...at, locale]);
  }
}

function checkDescribed(errors: FormErrors, item: JsonObject, at: Path): void {
  checkName(errors, item.name, [...at, 'name'], true);
  checkLocalizations(errors, item.name_localizations, [...at, 'name_localizations'], (text, path) => checkName(errors, text, path, true));
  const limits = { min: 1, max: 100, required: true };
  errors.text([...at, 'description'], item.description, limits);
  checkLocalizations(errors, item.description_localizations, [...at, 'description_localizations'], (text, path) => errors.text(path, text, limits));
}

function checkOptions(errors: FormErrors, value: unknown, at: Path): void {
  let optionalSeen = false;
  const names = new Set<unknown>();
  for (const [index, option] of errors.list(at, value, { max: 25 }).entries()) {
    const path = [...at, index];
    checkDescribed(errors, option, path);
    errors.oneOf([...path, 'type'], option.type ?? 0, OPTION_TYPES);
    if (names.has(option.name)) {
      errors.add([...path, 'name'], 'APPLICATION_COMMAND_OPTIONS_NAME_INVALID', 'Option names must be unique');
    }
    names.add(option.name);
    if (option.required === true && optionalSeen) {
      const message = 'Required options must be placed before non-required options';
      errors.add(path, 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID', message);
    }
    optionalSeen ||= option.required !== true;
    const choices = errors.list([...path, 'choices'], option.choices, { max: 25 });
    for (const [position, choice] of choices.entries()) {
      checkChoice(errors, choice, [...path, 'choices', position]);
      checkLocalizations(errors, choice.name_localizations, [...path, 'choices', position, 'name_localizations'], (text, nested) =>
        errors.text(nested, text, { min: 1, max: 100, required: true }),
      );
    }
    if (option.autocomplete === true && choices.length > 0) {
      const message = 'Autocomplete cannot be enabled together with choices';
      errors.add(path, 'APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_WITH_CHOICES', message);
    }
    checkOptions(errors, option.options, [...path, 'options']);
  }
}

export function validateCommands(body: unknown): ApiFailure | undefined {
  const errors = new FormErrors();
  const names = new Set<string>();
  for (const [index, command] of errors.list([], body ?? {}, { max: 130 }).entries()) {
    const chatInput = (command.type ?? 1) === 1;
    if (chatInput) checkDescribed(errors, command, [index]);
    else {
      checkName(errors, command.name, [index, 'name'], false);
      if (asText(command.description) !== '') {
        const message = 'Context menu commands cannot have description';
        errors.add([index, 'description'], 'APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED', message);
      }
    }
    checkOptions(errors, command.options, [index, 'options']);
    const key = `${command.type ?? 1}:${command.name}`;
    if (names.has(key)) {
      const message = 'Application command names must be unique';
      errors.add([index, 'name'], 'APPLICATION_COMMANDS_DUPLICATE_NAME', message);
    }
    names.add(key);
  }
  return errors.result();
}

const LOCALIZED = new Set(['name_localizations', 'description_localizations']);

function normalizeOption(option: JsonObject): JsonObject {
  const { name, description, choices, options, required, autocomplete, type, ...rest } = option;
  return {
    type,
    name,
    name_localizations: option.name_localizations ?? null,
    description,
    description_localizations: option.description_localizations ?? null,
    ...(required === true ? { required } : {}),
    ...(autocomplete === true ? { autocomplete } : {}),
    ...Object.fromEntries(Object.entries(rest).filter(([key, value]) => isSet(value) && !LOCALIZED.has(key))),
    ...(asArray(choices).length > 0
      ? {
          choices: asArray(choices)
            .map(asObject)
            .map((choice) => ({
              name: choice.name,
              name_localizations: choice.name_localizations ?? null,
              value: choice.value,
            })),
        }
      : {}),
    ...(asArray(options).length > 0 ? { options: asArray(options).map(asObject).map(normalizeOption) } : {}),
  };
}

/** A registered command as Discord gives it back: defaults filled in, what is false or empty left out of options. */
export function normalizeCommand(command: JsonObject, scope: { applicationId: string; guildId: string | undefined }): JsonObject {
  const options = asArray(command.options).map(asObject).map(normalizeOption);
  const contexts = command.contexts ?? (command.dm_permission === false ? [0] : null);
  return {
    application_id: scope.applicationId,
    default_member_permissions: command.default_member_permissions ?? null,
    type: command.type ?? 1,
    name: command.name,
    name_localizations: command.name_localizations ?? null,
    description: command.description ?? '',
    description_localizations: command.description_localizations ?? null,
    // These three exist on global commands only; a guild command carries its guild's id instead.
    ...(scope.guildId === undefined
      ? {
          dm_permission: contexts === null || asArray(contexts).includes(1),
          contexts,
          integration_types: command.integration_types ?? [0],
        }
      : { guild_id: scope.guildId }),
    ...(options.length > 0 ? { options } : {}),
    nsfw: command.nsfw ?? false,
  };
}

/** Without `with_localizations=true` a listing leaves both dictionaries out, on commands, options and choices alike. */
export function withoutLocalizations(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLocalizations);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !LOCALIZED.has(key));
  return Object.fromEntries(kept.map(([key, nested]) => [key, withoutLocalizations(nested)]));
}

// What Discord sends.

/** What somebody without any role may do. */
export const EVERYONE_PERMISSIONS = '2222085186632257';

export const inferredType = (value: string | number | boolean): ApplicationCommandOptionType => {
  if (typeof value === 'string') return ApplicationCommandOptionType.String;
  if (typeof value === 'boolean') return ApplicationCommandOptionType.Boolean;
  return Number.isInteger(value) ? ApplicationCommandOptionType.Integer : ApplicationCommandOptionType.Number;
};

/** What may answer an interaction: only a component, or the modal it opened, has a message to update. */
export function allowedCallbacks(type: InteractionType, hasSource: boolean): readonly InteractionResponseType[] {
  if (type === InteractionType.ApplicationCommandAutocomplete) {
    return [InteractionResponseType.ApplicationCommandAutocompleteResult];
  }
  return [
    InteractionResponseType.ChannelMessageWithSource,
    InteractionResponseType.DeferredChannelMessageWithSource,
    ...(hasSource ? [InteractionResponseType.DeferredMessageUpdate, InteractionResponseType.UpdateMessage] : []),
    ...(type === InteractionType.ModalSubmit ? [] : [InteractionResponseType.Modal]),
  ];
}

export function findComponent(components: readonly unknown[], customId: string): JsonObject | undefined {
  for (const item of components.map(asObject)) {
    if (item.custom_id === customId) return item;
    const nested = [...asArray(item.components), ...(isSet(item.accessory) ? [item.accessory] : [])];
    const found = findComponent(nested, customId);
    if (found !== undefined) return found;
  }
  return undefined;
}

export const textInputRow = (customId: string): JsonObject => ({
  type: ComponentType.ActionRow,
  components: [{ type: ComponentType.TextInput, custom_id: customId }],
});

/** A component of a modal with what the user has put in; `known` gathers the fields there are. */
export function submittedComponent(component: JsonObject, fields: Readonly<Record<string, string | readonly string[]>>, known: Set<string>): JsonObject {
  const submitted: JsonObject = { type: component.type, id: component.id ?? 1 };
  const nested = (item: unknown) => submittedComponent(asObject(item), fields, known);
  if (Array.isArray(component.components)) submitted.components = component.components.map(nested);
  if (isSet(component.component)) submitted.component = nested(component.component);
  const customId = component.custom_id;
  if (typeof customId === 'string') {
    known.add(customId);
    submitted.custom_id = customId;
    const value = fields[customId];
    if (component.type === ComponentType.TextInput) submitted.value = value ?? component.value ?? '';
    else submitted.values = typeof value === 'string' ? [value] : (value ?? []);
  }
  return submitted;
}

export const memberFields = (guild: ServerGuild): JsonObject => ({
  roles: [],
  joined_at: guild.joinedAt,
  nick: null,
  avatar: null,
  banner: null,
  premium_since: null,
  communication_disabled_until: null,
  pending: false,
  deaf: false,
  mute: false,
  flags: 0,
});

export const channelPayload = ({ id, name, guild, recipient, lastMessageId }: ServerChannel): JsonObject =>
  guild === undefined
    ? { id, type: ChannelType.DM, last_message_id: lastMessageId, flags: 0, recipients: recipient ? [recipient] : [] }
    : {
        id,
        type: ChannelType.GuildText,
        guild_id: guild.id,
        name,
        last_message_id: lastMessageId,
        position: guild.channels.findIndex((channel) => channel.id === id),
        parent_id: null,
        topic: null,
        nsfw: false,
        rate_limit_per_user: 0,
        permission_overwrites: [],
        flags: 0,
      };

export const guildPayload = (guild: ServerGuild, botMember: JsonObject): JsonObject => ({
  id: guild.id,
  name: guild.name,
  preferred_locale: guild.locale,
  joined_at: guild.joinedAt,
  owner_id: guild.id,
  channels: guild.channels.map(channelPayload),
  members: [botMember],
  member_count: 2,
  roles: [
    {
      id: guild.id,
      name: '@everyone',
      color: 0,
      colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
      hoist: false,
      icon: null,
      unicode_emoji: null,
      position: 0,
      permissions: EVERYONE_PERMISSIONS,
      managed: false,
      mentionable: false,
      flags: 0,
    },
  ],
  ...Object.fromEntries(['emojis', 'stickers', 'features', 'threads', 'presences', 'voice_states', 'stage_instances'].map((key) => [key, []])),
  guild_scheduled_events: [],
  soundboard_sounds: [],
  unavailable: false,
  large: false,
  icon: null,
  description: null,
  afk_channel_id: null,
  afk_timeout: 300,
  system_channel_id: null,
  system_channel_flags: 0,
  rules_channel_id: null,
  public_updates_channel_id: null,
  safety_alerts_channel_id: null,
  application_id: null,
  verification_level: 0,
  default_message_notifications: 0,
  explicit_content_filter: 0,
  mfa_level: 0,
  nsfw_level: 0,
  premium_tier: 0,
  premium_subscription_count: 0,
  premium_progress_bar_enabled: false,
  max_members: 500_000,
});
