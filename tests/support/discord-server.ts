/**
 * A Discord-compatible server on loopback: REST and gateway over real sockets, so that a real discord.js client
 * runs against it unchanged. It enforces the limits, the interaction states and the privacy rules the real one has.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import {
  type APIApplicationCommandOptionChoice,
  type APIAttachment,
  type APIInteractionResponseCallbackData,
  type APIMessage,
  type APIModalInteractionResponseCallbackData,
  type APIUser,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ComponentType,
  GatewayIntentBits,
  GatewayOpcodes,
  type InteractionContextType,
  InteractionResponseType,
  InteractionType,
  MessageFlags,
  MessageType,
} from 'discord.js';
import { WebSocket, WebSocketServer } from 'ws';
import {
  type ApiFailure,
  allowedCallbacks,
  asArray,
  asObject,
  asText,
  channelPayload,
  EVERYONE_PERMISSIONS,
  emptyMessage,
  failure,
  findComponent,
  guildPayload,
  inferredType,
  isSet,
  type JsonObject,
  memberFields,
  normalizeCommand,
  submittedComponent,
  textInputRow,
  validateChoices,
  validateCommands,
  validateMessage,
  validateModal,
  withoutLocalizations,
} from './discord-validation.ts';

export interface UploadedFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export interface ReceivedRequest {
  readonly method: string;
  /** Without the `/api/v10` prefix and without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
  readonly files: readonly UploadedFile[];
  readonly at: number;
  /** What was answered; 0 for a connection cut on purpose. */
  status?: number;
}

/** `drop` ends the connection without an answer, `reset` sends a TCP reset. */
export type FaultResponse = 'drop' | 'reset' | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> };

export interface ServerGuild {
  readonly id: string;
  readonly name: string;
  readonly locale: string;
  readonly joinedAt: string;
  readonly channels: ServerChannel[];
}

export interface ServerChannel {
  readonly id: string;
  readonly name: string | undefined;
  readonly guild: ServerGuild | undefined;
  /** The person the bot talks to, in a direct message channel. */
  readonly recipient: APIUser | undefined;
  lastMessageId: string | null;
}

/** A message of the bot as it was at one moment. */
export type BotMessage = APIMessage & {
  readonly ephemeral: boolean;
  /** What was uploaded with the request that made this state; `attachments` has everything the message carries. */
  readonly files: readonly UploadedFile[];
  readonly at: number;
};

export interface Acknowledgement {
  readonly type: InteractionResponseType;
  readonly data: APIInteractionResponseCallbackData | undefined;
  readonly ephemeral: boolean;
  readonly at: number;
}

interface ReplyHandle {
  /** Every edit so far of the messages that answer this, in order, the one that fills in a deferral included. */
  edits(): readonly BotMessage[];
  edit(index?: number): Promise<BotMessage>;
  /** The first state of the reply, past or to come, that satisfies the predicate. */
  replyWhere(predicate: (message: BotMessage) => boolean, what?: string): Promise<BotMessage>;
}

export interface InteractionHandle extends ReplyHandle {
  readonly id: string;
  readonly token: string;
  readonly followUps: readonly BotMessage[];
  acknowledged(): Promise<Acknowledgement>;
  reply(): Promise<BotMessage>;
  followUp(index?: number): Promise<BotMessage>;
  modal(): Promise<APIModalInteractionResponseCallbackData>;
  choices(): Promise<readonly APIApplicationCommandOptionChoice[]>;
  /** Resolves when the original response has been deleted. */
  deleted(): Promise<number>;
}

export interface MessageHandle extends ReplyHandle {
  readonly message: APIMessage;
  readonly replies: readonly BotMessage[];
  reply(index?: number): Promise<BotMessage>;
  typing(): Promise<number>;
}

/** Who does something and where: in a guild's channel when one is given, else in a direct message with the bot. */
export interface Invocation {
  readonly user: APIUser;
  readonly guild?: ServerGuild | undefined;
  readonly channel?: ServerChannel | undefined;
  readonly locale?: string | undefined;
  readonly context?: InteractionContextType | undefined;
  readonly memberPermissions?: bigint | string | undefined;
}

export type OptionValues = Readonly<Record<string, string | number | boolean | UploadedFile>>;

export interface SlashInvocation extends Invocation {
  readonly name: string;
  readonly options?: OptionValues | undefined;
  /** `name`, or `group name`. */
  readonly subcommand?: string | undefined;
}

export interface DiscordServerOptions {
  readonly token?: string;
  readonly botName?: string;
  readonly heartbeatIntervalMs?: number;
  /** How long every awaited promise of the server and of its handles waits before it rejects. */
  readonly timeoutMs?: number;
  /** Discord gives a bot three seconds to acknowledge an interaction. */
  readonly acknowledgeWithinMs?: number;
}

export interface Identify {
  readonly intents: number;
  readonly payload: JsonObject;
  readonly at: number;
}

export interface Heartbeat {
  readonly sequence: number | null;
  readonly at: number;
}

type Answer = ApiFailure | { readonly status: number; readonly body?: unknown };
type RouteHandler = (parameters: string[], request: ReceivedRequest) => Answer;

interface LogEntry {
  readonly source: 'callback' | 'post' | 'patch' | 'follow-up';
  readonly original: boolean;
  readonly message: BotMessage;
}

interface StoredMessage {
  wire: APIMessage;
  files: readonly UploadedFile[];
  readonly channel: ServerChannel;
  readonly owner: InteractionState | undefined;
}

const DISCORD_EPOCH = 1_420_070_400_000;
const APP_PERMISSIONS = '2251799813685247';

class Waiters {
  readonly #pending = new Set<{ check(): void; fail(reason: string): void }>();
  readonly #timeoutMs: number;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  wait<T>(what: string, probe: () => T | undefined, received: () => string): Promise<T> {
    const promise = new Promise<T>((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        this.#pending.delete(entry);
      };
      const entry = {
        check: () => {
          const value = probe();
          if (value === undefined) return;
          settle();
          resolve(value);
        },
        fail: (reason: string) => {
          settle();
          reject(new Error(`Waited for ${what}, but ${reason}. Received so far: ${received() || 'nothing'}.`));
        },
      };
      const timer = setTimeout(() => entry.fail(`it did not arrive within ${this.#timeoutMs} ms`), this.#timeoutMs);
      this.#pending.add(entry);
      entry.check();
    });
    // A promise that a test never awaits must not become an unhandled rejection at the end of the run.
    promise.catch(() => undefined);
    return promise;
  }

  notify(): void {
    for (const entry of this.#pending) entry.check();
  }

  failAll(reason: string): void {
    for (const entry of this.#pending) entry.fail(reason);
  }
}

class ReplyLog implements ReplyHandle {
  readonly log: LogEntry[] = [];
  protected readonly waiters: Waiters;
  protected readonly received: () => string;

  constructor(waiters: Waiters, received: () => string) {
    this.waiters = waiters;
    this.received = received;
  }

  protected from(source: LogEntry['source']): BotMessage[] {
    return this.log.filter((entry) => entry.source === source).map((entry) => entry.message);
  }

  protected wait<T>(what: string, probe: () => T | undefined): Promise<T> {
    return this.waiters.wait(what, probe, this.received);
  }

  edits(): readonly BotMessage[] {
    return this.from('patch');
  }

  edit(index = 0): Promise<BotMessage> {
    return this.wait(`edit ${index + 1}`, () => this.from('patch')[index]);
  }

  replyWhere(predicate: (message: BotMessage) => boolean, what = 'a reply that matches'): Promise<BotMessage> {
    return this.wait(what, () => this.log.find((entry) => entry.original && predicate(entry.message))?.message);
  }
}

interface InteractionDetails {
  readonly id: string;
  readonly token: string;
  readonly type: InteractionType;
  readonly invocation: Invocation;
  readonly channel: ServerChannel;
  /** The message that carries the component. */
  readonly sourceId: string | undefined;
  readonly owners: JsonObject;
}

class InteractionState extends ReplyLog implements InteractionHandle {
  readonly details: InteractionDetails;
  readonly createdAt = Date.now();
  expired = false;
  deletedAt: number | undefined;
  acknowledgement: Acknowledgement | undefined;
  originalId: string | undefined;

  constructor(waiters: Waiters, received: () => string, details: InteractionDetails) {
    super(waiters, received);
    this.details = details;
  }

  get id(): string {
    return this.details.id;
  }

  get token(): string {
    return this.details.token;
  }

  get followUps(): readonly BotMessage[] {
    return this.from('follow-up');
  }

  acknowledged(): Promise<Acknowledgement> {
    return this.wait('the acknowledgement of an interaction', () => this.acknowledgement);
  }

  reply(): Promise<BotMessage> {
    return this.wait('the reply to an interaction', () => this.log.find((entry) => entry.original)?.message);
  }

  followUp(index = 0): Promise<BotMessage> {
    return this.wait(`follow-up ${index + 1}`, () => this.followUps[index]);
  }

  #callback(what: string, type: InteractionResponseType): Promise<JsonObject> {
    const probe = () => (this.acknowledgement?.type === type ? asObject(this.acknowledgement.data) : undefined);
    return this.wait(what, probe);
  }

  async modal(): Promise<APIModalInteractionResponseCallbackData> {
    const data = await this.#callback('a modal', InteractionResponseType.Modal);
    return data as unknown as APIModalInteractionResponseCallbackData;
  }

  async choices(): Promise<readonly APIApplicationCommandOptionChoice[]> {
    const type = InteractionResponseType.ApplicationCommandAutocompleteResult;
    const data = await this.#callback('autocomplete choices', type);
    return asArray(data.choices) as APIApplicationCommandOptionChoice[];
  }

  deleted(): Promise<number> {
    return this.wait('the deletion of a reply', () => this.deletedAt);
  }
}

class MessageState extends ReplyLog implements MessageHandle {
  readonly message: APIMessage;
  typingAt: number | undefined;

  constructor(waiters: Waiters, received: () => string, message: APIMessage) {
    super(waiters, received);
    this.message = message;
  }

  get replies(): readonly BotMessage[] {
    return this.from('post');
  }

  reply(index = 0): Promise<BotMessage> {
    return this.wait(`reply ${index + 1} to a message`, () => this.replies[index]);
  }

  typing(): Promise<number> {
    return this.wait('a typing indicator', () => this.typingAt);
  }
}

class Session {
  readonly id = randomBytes(16).toString('hex');
  readonly intents: number;
  /** Which of how many: servers are shared out among them by their ids. */
  readonly shard: readonly [number, number];
  socket: WebSocket | undefined;
  readonly #events: { op: number; s: number; t: string; d: unknown }[] = [];

  constructor(socket: WebSocket, intents: number, shard: readonly [number, number]) {
    this.socket = socket;
    this.intents = intents;
    this.shard = shard;
  }

  /** Whether what happens in a guild, or in direct messages, is for this shard. */
  serves(guildId: string | undefined): boolean {
    const [id, count] = this.shard;
    return guildId === undefined ? id === 0 : Number((BigInt(guildId) >> 22n) % BigInt(count)) === id;
  }

  dispatch(t: string, d: unknown): void {
    const event = { op: GatewayOpcodes.Dispatch, s: this.#events.length + 1, t, d: structuredClone(d) };
    this.#events.push(event);
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(event));
  }

  /** False when the client claims to have seen more than was ever sent. */
  resume(socket: WebSocket, seen: number): boolean {
    if (seen > this.#events.length) return false;
    this.socket = socket;
    for (const event of this.#events.slice(seen)) socket.send(JSON.stringify(event));
    this.dispatch('RESUMED', { _trace: [] });
    return true;
  }
}

export class DiscordServer {
  readonly token: string;
  readonly bot: APIUser;
  readonly applicationId: string;
  readonly requests: ReceivedRequest[] = [];
  readonly unhandled: ReceivedRequest[] = [];
  readonly identifies: Identify[] = [];
  readonly heartbeats: Heartbeat[] = [];
  readonly presences: JsonObject[] = [];
  /** One entry for each accepted `PUT` of commands. */
  readonly commandPuts: { readonly guildId: string | undefined; readonly commands: readonly JsonObject[] }[] = [];
  refuseResume = false;
  acknowledgeHeartbeats = true;

  readonly #options: Required<Pick<DiscordServerOptions, 'heartbeatIntervalMs' | 'acknowledgeWithinMs'>>;
  readonly #waiters: Waiters;
  readonly #http: Server;
  readonly #gateway: WebSocketServer;
  readonly #routes: { method: string; pattern: RegExp; open: boolean; handler: RouteHandler }[] = [];
  readonly #faults: { method: string | undefined; path: RegExp; response: FaultResponse; left: number }[] = [];
  readonly #sessions = new Map<string, Session>();
  readonly #users = new Map<string, APIUser>();
  readonly #guilds = new Map<string, ServerGuild>();
  readonly #channels = new Map<string, ServerChannel>();
  readonly #messages = new Map<string, StoredMessage>();
  readonly #interactions = new Map<string, InteractionState>();
  readonly #modals = new Map<string, { state: InteractionState; data: JsonObject }>();
  readonly #watchers: MessageState[] = [];
  readonly #commands = new Map<string, JsonObject[]>();
  readonly #attachments = new Map<string, UploadedFile>();
  #afterAnswer: (() => void)[] = [];
  #resumes = 0;
  #lastId = 0n;

  private constructor(options: DiscordServerOptions) {
    this.#options = {
      heartbeatIntervalMs: options.heartbeatIntervalMs ?? 41_250,
      acknowledgeWithinMs: options.acknowledgeWithinMs ?? 3000,
    };
    this.#waiters = new Waiters(options.timeoutMs ?? 10_000);
    this.bot = this.addUser({ username: options.botName ?? 'bot', bot: true });
    this.applicationId = this.bot.id;
    const secret = randomBytes(24).toString('base64url');
    this.token = options.token ?? `${Buffer.from(this.bot.id).toString('base64url')}.Gtest0.${secret}`;
    this.#http = createServer((request, response) => void this.#serve(request, response));
    // An idle connection closed at the moment the client reuses it would look like a lost request.
    this.#http.keepAliveTimeout = 120_000;
    this.#gateway = new WebSocketServer({ server: this.#http });
    this.#gateway.on('connection', (socket) => this.#connect(socket));
    this.#defineRoutes();
  }

  static async start(options: DiscordServerOptions = {}): Promise<DiscordServer> {
    const server = new DiscordServer(options);
    await new Promise<void>((resolve) => server.#http.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get #host(): string {
    return `127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  get apiUrl(): string {
    return `http://${this.#host}/api`;
  }

  async close(): Promise<void> {
    this.#waiters.failAll('the server was closed');
    for (const socket of this.#gateway.clients) socket.terminate();
    this.#gateway.close();
    const closed = new Promise((resolve) => this.#http.close(resolve));
    this.#http.closeAllConnections();
    await closed;
  }

  // What a test observes and provokes.

  /** Resolves when `count` clients, or one client `count` times, have identified and were sent READY. */
  ready(count = 1): Promise<Identify> {
    return this.#wait(`identify ${count}`, () => this.identifies[count - 1]);
  }

  resumed(count = 1): Promise<number> {
    return this.#wait(`resume ${count}`, () => (this.#resumes >= count ? this.#resumes : undefined));
  }

  heartbeat(count = 1): Promise<Heartbeat> {
    return this.#wait(`heartbeat ${count}`, () => this.heartbeats[count - 1]);
  }

  /** The `index`-th request, past or to come, of that method and path. */
  request(matcher: { method?: string; path: RegExp }, index = 0): Promise<ReceivedRequest> {
    const matches = (request: ReceivedRequest) => (matcher.method ?? request.method) === request.method && matcher.path.test(request.path);
    return this.#wait(`request ${matcher.path}`, () => this.requests.filter(matches)[index]);
  }

  /** Cuts the gateway connections: like a lost network, or with a close frame when a code is given. */
  dropConnections(code?: number): void {
    for (const session of this.#sessions.values()) session.socket = undefined;
    for (const socket of this.#gateway.clients) {
      if (code === undefined) socket.terminate();
      else socket.close(code);
    }
  }

  requestReconnect(): void {
    for (const socket of this.#gateway.clients) send(socket, GatewayOpcodes.Reconnect, null);
  }

  expire(interaction: { readonly id: string }): void {
    for (const state of this.#interactions.values()) state.expired ||= state.id === interaction.id;
  }

  failNext(matcher: { method?: string; path: RegExp }, response: FaultResponse, times = 1): void {
    this.#faults.push({ method: matcher.method, path: matcher.path, response, left: times });
  }

  commands(guildId?: string): readonly JsonObject[] {
    return structuredClone(this.#commands.get(guildId ?? '') ?? []);
  }

  addUser(fields: { username: string; id?: string; globalName?: string; bot?: boolean }): APIUser {
    const user: APIUser = {
      id: fields.id ?? this.#snowflake(),
      username: fields.username,
      discriminator: '0',
      global_name: fields.globalName ?? null,
      avatar: null,
      ...(fields.bot ? { bot: true } : {}),
    };
    this.#users.set(user.id, user);
    return user;
  }

  addGuild(fields: { id?: string; name: string; locale?: string }): ServerGuild {
    const guild: ServerGuild = {
      id: fields.id ?? this.#snowflake(),
      name: fields.name,
      locale: fields.locale ?? 'en-US',
      joinedAt: new Date().toISOString(),
      channels: [],
    };
    this.#guilds.set(guild.id, guild);
    this.#dispatch('GUILD_CREATE', this.#guildPayload(guild), GatewayIntentBits.Guilds);
    return guild;
  }

  /** The bot is removed from a guild. */
  removeGuild(guild: ServerGuild): void {
    this.#guilds.delete(guild.id);
    this.#dispatch('GUILD_DELETE', { id: guild.id }, GatewayIntentBits.Guilds);
  }

  addTextChannel(guildId: string, name: string): ServerChannel {
    const guild = this.#guilds.get(guildId);
    if (guild === undefined) throw new Error(`There is no guild ${guildId}.`);
    const channel = this.#addChannel({ name, guild, recipient: undefined });
    guild.channels.push(channel);
    this.#dispatch('CHANNEL_CREATE', channelPayload(channel), GatewayIntentBits.Guilds);
    return channel;
  }

  /** The direct message channel of the bot and a user; Discord tells a bot nothing about it before the first message. */
  openDm(user: APIUser): ServerChannel {
    const open = [...this.#channels.values()].find((channel) => channel.recipient?.id === user.id);
    return open ?? this.#addChannel({ name: undefined, guild: undefined, recipient: user });
  }

  // What a user does.

  slash(invocation: SlashInvocation): InteractionHandle {
    return this.#interact(InteractionType.ApplicationCommand, invocation, this.#chatInputData(invocation));
  }

  autocomplete(invocation: SlashInvocation & { readonly focused: string }): InteractionHandle {
    const data = this.#chatInputData(invocation, invocation.focused);
    return this.#interact(InteractionType.ApplicationCommandAutocomplete, invocation, data);
  }

  messageCommand(invocation: Invocation & { readonly name: string; readonly target: APIMessage }): InteractionHandle {
    const { name, target } = invocation;
    const stored = this.#messages.get(target.id);
    const channel = invocation.channel ?? stored?.channel;
    const type = ApplicationCommandType.Message;
    const resolved = { messages: { [target.id]: stored?.wire ?? target } };
    const data = { ...this.#commandReference(name, type, channel?.guild), type, target_id: target.id, resolved };
    return this.#interact(InteractionType.ApplicationCommand, { ...invocation, channel }, data);
  }

  button(click: Invocation & { readonly message: APIMessage; readonly customId: string }): InteractionHandle {
    return this.#component(click, ComponentType.Button, {});
  }

  /** A button that is on no message: what a client of somebody's own making might send. */
  forgedButton(click: Invocation & { readonly message: APIMessage; readonly customId: string }): InteractionHandle {
    const data = { custom_id: click.customId, component_type: ComponentType.Button, id: 1 };
    return this.#interact(InteractionType.MessageComponent, click, data, click.message.id);
  }

  selectMenu(
    choice: Invocation & {
      readonly message: APIMessage;
      readonly customId: string;
      readonly values: readonly string[];
    },
  ): InteractionHandle {
    return this.#component(choice, ComponentType.StringSelect, { values: choice.values });
  }

  /** Submits the modal of that custom id that the bot has shown to that user. */
  modalSubmit(
    submission: Invocation & {
      readonly customId: string;
      readonly fields: Readonly<Record<string, string | readonly string[]>>;
      readonly message?: APIMessage | undefined;
    },
  ): InteractionHandle {
    const { user, customId, fields } = submission;
    const shown = this.#modals.get(`${user.id}:${customId}`);
    const rows = shown === undefined ? Object.keys(fields).map(textInputRow) : asArray(shown.data.components);
    const known = new Set<string>();
    const components = rows.map((row) => submittedComponent(asObject(row), fields, known));
    const stray = Object.keys(fields).filter((field) => !known.has(field));
    if (stray.length > 0) throw new Error(`The modal ${customId} has no field ${stray.join(', ')}.`);
    const sourceId = submission.message?.id ?? shown?.state.details.sourceId;
    const invocation = { ...shown?.state.details.invocation, ...submission, user };
    return this.#interact(InteractionType.ModalSubmit, invocation, { custom_id: customId, components }, sourceId);
  }

  /** Without the message content intent the bot sees the text of a guild message only where it is mentioned. */
  userMessage(post: {
    readonly user: APIUser;
    readonly channel: ServerChannel;
    readonly content: string;
    readonly mentions?: readonly APIUser[] | undefined;
    readonly reference?: APIMessage | undefined;
    readonly attachments?: readonly UploadedFile[] | undefined;
  }): MessageHandle {
    const { reference, channel } = post;
    // As in the Discord client, replying to somebody mentions them.
    const mentioned = new Map([...(post.mentions ?? []), ...(reference ? [reference.author] : [])].map((u) => [u.id, u]));
    const extra = reference === undefined ? {} : this.#referenceFields(reference.id, channel);
    const base = this.#blankMessage(channel, post.user, extra);
    const wire = this.#compose(base, { content: post.content }, post.attachments ?? []) ?? base;
    for (const user of wire.mentions) mentioned.set(user.id, user);
    wire.mentions = [...mentioned.values()];
    const stored = this.#store({ wire, files: post.attachments ?? [], channel, owner: undefined });
    const state = new MessageState(this.#waiters, this.#receivedSince(this.requests.length), wire);
    this.#watchers.push(state);
    this.#dispatchMessage('MESSAGE_CREATE', stored);
    return state;
  }

  // Interactions.

  #chatInputData(invocation: SlashInvocation, focused?: string): JsonObject {
    const { guild } = this.#place(invocation);
    const type = ApplicationCommandType.ChatInput;
    const path = invocation.subcommand?.split(' ') ?? [];
    let definitions = asArray(this.#findCommand(invocation.name, type, guild)?.options).map(asObject);
    for (const part of path) {
      definitions = asArray(definitions.find((option) => option.name === part)?.options).map(asObject);
    }
    const attachments: Record<string, APIAttachment> = {};
    let options: JsonObject[] = Object.entries(invocation.options ?? {}).map(([name, value]) => {
      if (typeof value === 'object') {
        const attachment = this.#attach(value, this.#place(invocation).channel.id);
        attachments[attachment.id] = attachment;
        return { name, type: ApplicationCommandOptionType.Attachment, value: attachment.id };
      }
      const optionType = definitions.find((option) => option.name === name)?.type ?? inferredType(value);
      // What is being typed is sent as typed, whatever the type of the option.
      return name === focused ? { name, type: optionType, value: String(value), focused: true } : { name, type: optionType, value };
    });
    if (focused !== undefined && invocation.options?.[focused] === undefined) {
      const optionType = definitions.find((option) => option.name === focused)?.type ?? inferredType('');
      options.push({ name: focused, type: optionType, value: '', focused: true });
    }
    for (const [index, name] of path.toReversed().entries()) {
      const { Subcommand, SubcommandGroup } = ApplicationCommandOptionType;
      options = [{ name, type: index === 0 ? Subcommand : SubcommandGroup, options }];
    }
    return {
      ...this.#commandReference(invocation.name, type, guild),
      type,
      ...(options.length > 0 ? { options } : {}),
      ...(Object.keys(attachments).length > 0 ? { resolved: { attachments } } : {}),
    };
  }

  /** Holds a file that somebody sent, under an address of its own. */
  #attach(file: UploadedFile, channelId: string): APIAttachment {
    const id = this.#snowflake();
    const path = `/attachments/${channelId}/${id}/${encodeURIComponent(file.name)}`;
    const url = `http://${this.#host}${path}`;
    this.#attachments.set(path, file);
    return { id, filename: file.name, size: file.bytes.byteLength, url, proxy_url: url, content_type: file.contentType };
  }

  #findCommand(name: string, type: ApplicationCommandType, guild: ServerGuild | undefined): JsonObject | undefined {
    const known = [...(this.#commands.get(guild?.id ?? '') ?? []), ...(this.#commands.get('') ?? [])];
    return known.find((command) => command.name === name && command.type === type);
  }

  #commandReference(name: string, type: ApplicationCommandType, guild: ServerGuild | undefined): JsonObject {
    const command = this.#findCommand(name, type, guild);
    const guildId = command?.guild_id;
    return { id: command?.id ?? this.#snowflake(), name, ...(isSet(guildId) ? { guild_id: guildId } : {}) };
  }

  #component(click: Invocation & { readonly message: APIMessage; readonly customId: string }, type: ComponentType, extra: JsonObject): InteractionHandle {
    const stored = this.#messages.get(click.message.id);
    if (stored === undefined) throw new Error(`The message ${click.message.id} does not exist any more.`);
    const viewer = stored.owner?.details.invocation.user.id;
    if (isEphemeral(stored.wire) && viewer !== click.user.id) {
      throw new Error(`The message ${click.message.id} is ephemeral: only user ${viewer} sees it.`);
    }
    const component = findComponent(stored.wire.components ?? [], click.customId);
    if (component === undefined) throw new Error(`The message has no component ${click.customId}.`);
    if (component.disabled === true) throw new Error(`The component ${click.customId} is disabled.`);
    const data = { custom_id: click.customId, component_type: type, id: component.id ?? 1, ...extra };
    const invocation = { ...click, channel: click.channel ?? stored.channel };
    return this.#interact(InteractionType.MessageComponent, invocation, data, click.message.id);
  }

  #place(invocation: Invocation): { channel: ServerChannel; guild: ServerGuild | undefined } {
    const { guild, user } = invocation;
    const inGuild = guild && (guild.channels[0] ?? this.addTextChannel(guild.id, 'general'));
    const channel = invocation.channel ?? inGuild ?? this.openDm(user);
    return { channel, guild: channel.guild };
  }

  #interact(type: InteractionType, invocation: Invocation, data: JsonObject, sourceId?: string): InteractionHandle {
    if (this.#sessions.size === 0) throw new Error('No client has identified, so nobody can receive an interaction.');
    const { channel, guild } = this.#place(invocation);
    const { user } = invocation;
    const id = this.#snowflake();
    const token = Buffer.from(`interaction:${id}:${randomBytes(48).toString('hex')}`).toString('base64url');
    const context = invocation.context ?? (guild === undefined ? 1 : 0);
    const owners = context === 2 ? { 1: user.id } : { 0: guild?.id ?? '0' };
    const received = this.#receivedSince(this.requests.length);
    const details = { id, token, type, invocation, channel, sourceId, owners };
    const state = new InteractionState(this.#waiters, received, details);
    this.#interactions.set(token, state);
    const source = sourceId === undefined ? undefined : this.#messages.get(sourceId)?.wire;
    const permissions = String(invocation.memberPermissions ?? EVERYONE_PERMISSIONS);
    this.#dispatch('INTERACTION_CREATE', {
      id,
      application_id: this.applicationId,
      type,
      token,
      version: 1,
      data,
      context,
      locale: invocation.locale ?? 'en-US',
      entitlements: [],
      authorizing_integration_owners: owners,
      attachment_size_limit: 10_485_760,
      app_permissions: APP_PERMISSIONS,
      channel_id: channel.id,
      channel: { ...channelPayload(channel), ...(guild === undefined ? {} : { permissions }) },
      ...(source === undefined ? {} : { message: source }),
      ...(guild === undefined
        ? { user }
        : {
            guild_id: guild.id,
            guild_locale: guild.locale,
            guild: { id: guild.id, locale: guild.locale, features: [] },
            member: { ...memberFields(guild), user, permissions },
          }),
    });
    return state;
  }

  #callback([id, token]: string[], request: ReceivedRequest): Answer {
    const state = this.#interactions.get(token ?? '');
    const late = state !== undefined && Date.now() - state.createdAt > this.#options.acknowledgeWithinMs;
    if (state?.acknowledgement !== undefined && !state.expired) {
      return failure(400, 40060, 'Interaction has already been acknowledged.');
    }
    if (state === undefined || state.id !== id || state.expired || late) {
      return failure(404, 10062, 'Unknown interaction');
    }
    const { type, data: given } = asObject(request.body) as { type?: InteractionResponseType; data?: unknown };
    const data = asObject(given);
    const allowed = allowedCallbacks(state.details.type, state.details.sourceId !== undefined);
    if (type === undefined || !allowed.includes(type)) {
      const message = `Value must be one of (${allowed.join(', ')}).`;
      const errors = { type: { _errors: [{ code: 'BASE_TYPE_CHOICES', message }] } };
      return { status: 400, body: { message: 'Invalid Form Body', code: 50035, errors } };
    }
    let stored: StoredMessage | undefined;
    if (type === InteractionResponseType.ApplicationCommandAutocompleteResult) {
      const problem = validateChoices(data);
      if (problem) return problem;
    } else if (type === InteractionResponseType.Modal) {
      const problem = validateModal(data);
      if (problem) return problem;
      this.#modals.set(`${state.details.invocation.user.id}:${data.custom_id}`, { state, data });
    } else if (type === InteractionResponseType.DeferredMessageUpdate) {
      stored = this.#messages.get(state.details.sourceId ?? '');
    } else {
      const result = this.#respond(state, type, data, request.files);
      if ('status' in result) return result;
      stored = result;
    }
    state.originalId = stored?.wire.id;
    const ephemeral = stored !== undefined && isEphemeral(stored.wire);
    const callbackData = isSet(given) ? (structuredClone(given) as APIInteractionResponseCallbackData) : undefined;
    state.acknowledgement = { type, data: callbackData, ephemeral, at: request.at };
    const visible = type === InteractionResponseType.ChannelMessageWithSource || type === InteractionResponseType.UpdateMessage;
    if (visible && stored) state.log.push({ source: 'callback', original: true, message: snapshot(stored) });
    if (request.query.get('with_response') !== 'true') return { status: 204 };
    const interaction = {
      id,
      type: state.details.type,
      ...(stored === undefined
        ? {}
        : {
            response_message_id: stored.wire.id,
            response_message_loading: isLoading(stored.wire),
            response_message_ephemeral: ephemeral,
          }),
    };
    const resource = { type, ...(visible && stored ? { message: stored.wire } : {}) };
    return { status: 200, body: { interaction, resource } };
  }

  /** Makes the message of a reply or of a deferral, or updates the one a component sits on. */
  #respond(state: InteractionState, type: InteractionResponseType, data: JsonObject, files: readonly UploadedFile[]): StoredMessage | ApiFailure {
    const problem = validateMessage(data, ['data']);
    if (problem) return problem;
    if (type === InteractionResponseType.UpdateMessage) {
      const source = this.#messages.get(state.details.sourceId ?? '');
      if (source === undefined) return failure(404, 10008, 'Unknown Message');
      return this.#edit(source, data, files) ?? source;
    }
    const loading = type === InteractionResponseType.DeferredChannelMessageWithSource;
    return this.#interactionMessage(state, loading ? { flags: data.flags } : data, files, { loading });
  }

  #interactionMessage(
    state: InteractionState,
    data: JsonObject,
    files: readonly UploadedFile[],
    kind: { loading?: boolean; followUp?: boolean },
  ): StoredMessage | ApiFailure {
    const { id, type, owners, channel, invocation, sourceId } = state.details;
    const repliesTo = kind.followUp ? state.originalId : sourceId;
    const base = this.#blankMessage(channel, this.bot, {
      type: type === InteractionType.ApplicationCommand ? MessageType.ChatInputCommand : MessageType.Default,
      application_id: this.applicationId,
      webhook_id: this.applicationId,
      interaction_metadata: { id, type, user: invocation.user, authorizing_integration_owners: owners },
      ...(repliesTo === undefined ? {} : this.#referenceFields(repliesTo, channel)),
    });
    const wire = this.#compose(base, data, files, kind.loading);
    if (wire === undefined) return emptyMessage();
    if (kind.loading) wire.flags = (wire.flags ?? 0) | MessageFlags.Loading;
    const stored = this.#store({ wire, files, channel, owner: state });
    this.#announce('MESSAGE_CREATE', stored);
    return stored;
  }

  /** The interaction a webhook token stands for, once it was acknowledged and as long as it lives. */
  #webhook(applicationId: string | undefined, token: string | undefined): InteractionState | ApiFailure {
    const state = this.#interactions.get(token ?? '');
    if (state === undefined || applicationId !== this.applicationId || state.acknowledgement === undefined) {
      return failure(404, 10015, 'Unknown Webhook');
    }
    return state.expired ? failure(401, 50027, 'Invalid Webhook Token') : state;
  }

  #followUp([applicationId, token]: string[], request: ReceivedRequest): Answer {
    const state = this.#webhook(applicationId, token);
    if (!(state instanceof InteractionState)) return state;
    const body = asObject(request.body);
    const problem = validateMessage(body);
    if (problem) return problem;
    const original = this.#messages.get(state.originalId ?? '');
    // Discord lets the first follow-up of a deferral fill the deferral in, instead of adding a message.
    if (original !== undefined && isLoading(original.wire)) return this.#patch(state, original, body, request.files);
    const stored = this.#interactionMessage(state, body, request.files, { followUp: true });
    if ('status' in stored) return stored;
    state.log.push({ source: 'follow-up', original: false, message: snapshot(stored) });
    return { status: 200, body: stored.wire };
  }

  #webhookMessage(method: string, [applicationId, token, id]: string[], request: ReceivedRequest): Answer {
    const state = this.#webhook(applicationId, token);
    if (!(state instanceof InteractionState)) return state;
    const stored = this.#messages.get((id === '@original' ? state.originalId : id) ?? '');
    if (stored === undefined || (stored.owner !== state && stored.wire.id !== state.originalId)) {
      return failure(404, 10008, 'Unknown Message');
    }
    if (method === 'GET') return { status: 200, body: stored.wire };
    if (method === 'DELETE') {
      if (stored.wire.id === state.originalId) state.deletedAt = request.at;
      return this.#delete(stored);
    }
    const body = asObject(request.body);
    return validateMessage(body) ?? this.#patch(state, stored, body, request.files);
  }

  #patch(state: InteractionState, stored: StoredMessage, body: JsonObject, files: readonly UploadedFile[]): Answer {
    const problem = this.#edit(stored, body, files);
    if (problem) return problem;
    const original = stored.wire.id === state.originalId;
    state.log.push({ source: 'patch', original, message: snapshot(stored) });
    return { status: 200, body: stored.wire };
  }

  // Messages.

  #blankMessage(channel: ServerChannel, author: APIUser, extra: JsonObject): APIMessage {
    return {
      id: this.#snowflake(),
      channel_id: channel.id,
      author,
      content: '',
      timestamp: new Date().toISOString(),
      edited_timestamp: null,
      tts: false,
      mention_everyone: false,
      mentions: [],
      mention_roles: [],
      attachments: [],
      embeds: [],
      pinned: false,
      type: MessageType.Default,
      components: [],
      flags: 0 as MessageFlags,
      ...extra,
    };
  }

  #referenceFields(messageId: string, channel: ServerChannel): JsonObject {
    const guild = channel.guild === undefined ? {} : { guild_id: channel.guild.id };
    return {
      type: MessageType.Reply,
      message_reference: { type: 0, channel_id: channel.id, message_id: messageId, ...guild },
      referenced_message: this.#messages.get(messageId)?.wire ?? null,
    };
  }

  /** The message after a body was applied to it; undefined when nothing would be left to see. */
  #compose(base: APIMessage, body: JsonObject, files: readonly UploadedFile[], mayBeEmpty = false) {
    const wire = structuredClone(base);
    const described = asArray(body.attachments).map(asObject);
    if (body.content !== undefined) wire.content = asText(body.content);
    if (isSet(body.components)) wire.components = structuredClone(body.components) as NonNullable<APIMessage['components']>;
    if (isSet(body.embeds)) {
      wire.embeds = asArray(body.embeds).map((embed) => ({
        type: 'rich',
        ...asObject(embed),
      })) as typeof wire.embeds;
    }
    if (isSet(body.flags)) wire.flags = (wire.flags ?? 0) | Number(body.flags);
    if (body.attachments !== undefined) {
      wire.attachments = wire.attachments.filter((kept) => described.some((item) => item.id === kept.id));
    }
    for (const [index, file] of files.entries()) {
      const description = described.find((item) => String(item.id) === String(index))?.description;
      wire.attachments.push({ ...this.#attach(file, base.channel_id), ...(typeof description === 'string' ? { description } : {}) });
    }
    const isNew = !this.#messages.has(base.id);
    if (isNew || body.content !== undefined) this.#resolveMentions(wire, body.allowed_mentions);
    const empty = !wire.content.trim() && !wire.embeds.length && !wire.attachments.length && !wire.components?.length;
    return empty && !mayBeEmpty ? undefined : wire;
  }

  #resolveMentions(wire: APIMessage, allowed: unknown): void {
    const rules = asObject(allowed);
    const parse = asArray(rules.parse);
    const pings = (kind: string) => !isSet(allowed) || parse.includes(kind);
    const ids = [...wire.content.matchAll(/<@!?(\d+)>/g)].map((match) => match[1] ?? '');
    const replied = wire.referenced_message?.author.id;
    const listed = asArray(rules.users);
    const mentioned = new Set(ids.filter((id) => pings('users') || listed.includes(id)));
    if (replied !== undefined && (!isSet(allowed) || rules.replied_user === true)) mentioned.add(replied);
    wire.mentions = [...mentioned].flatMap((id) => this.#users.get(id) ?? []);
    wire.mention_everyone = /@(everyone|here)/.test(wire.content) && pings('everyone');
  }

  #store(stored: StoredMessage): StoredMessage {
    this.#messages.set(stored.wire.id, stored);
    stored.channel.lastMessageId = stored.wire.id;
    return stored;
  }

  #edit(stored: StoredMessage, body: JsonObject, files: readonly UploadedFile[]): ApiFailure | undefined {
    const before = stored.wire;
    // What a message is cannot be edited: whether it is ephemeral stays as it was sent.
    const editable = MessageFlags.SuppressEmbeds | MessageFlags.IsComponentsV2;
    const flags = isSet(body.flags) ? Number(body.flags) & editable : undefined;
    const base = { ...before, flags: (before.flags ?? 0) & ~MessageFlags.Loading };
    const wire = this.#compose(base, { ...body, flags }, files);
    if (wire === undefined) return emptyMessage();
    if (!isLoading(before)) wire.edited_timestamp = new Date().toISOString();
    stored.wire = wire;
    stored.files = files;
    this.#announce('MESSAGE_UPDATE', stored);
    return undefined;
  }

  #delete(stored: StoredMessage): Answer {
    const { wire, channel } = stored;
    this.#messages.delete(wire.id);
    const guild = channel.guild === undefined ? {} : { guild_id: channel.guild.id };
    const payload = { id: wire.id, channel_id: channel.id, ...guild };
    if (!isEphemeral(wire)) {
      this.#afterAnswer.push(() => this.#dispatch('MESSAGE_DELETE', payload, messageIntent(channel)));
    }
    return { status: 204 };
  }

  /**
   * Discord tells a bot about its own messages too, except in a private channel (context 2) where it is no member.
   * The event goes out once the request is answered.
   */
  #announce(event: string, stored: StoredMessage): void {
    const elsewhere = stored.owner?.details.invocation.context === 2;
    if (!isEphemeral(stored.wire) && !elsewhere) this.#afterAnswer.push(() => this.#dispatchMessage(event, stored));
  }

  #dispatchMessage(event: string, { wire, channel }: StoredMessage): void {
    const { guild } = channel;
    const member = guild === undefined || wire.webhook_id ? {} : { member: memberFields(guild) };
    const place = guild === undefined ? { channel_type: 1 } : { channel_type: 0, guild_id: guild.id, ...member };
    for (const session of this.#sessions.values()) {
      if ((session.intents & messageIntent(channel)) === 0) continue;
      const full = guild === undefined || (session.intents & GatewayIntentBits.MessageContent) !== 0;
      session.dispatch(event, { ...(full ? wire : this.#redacted(wire)), ...place });
    }
  }

  #redacted(wire: APIMessage): APIMessage {
    const quoted = wire.referenced_message;
    const shown = { ...wire, ...(quoted ? { referenced_message: this.#redacted(quoted) } : {}) };
    if (wire.author.id === this.bot.id || wire.mentions.some((user) => user.id === this.bot.id)) return shown;
    return { ...shown, content: '', embeds: [], attachments: [], components: [] };
  }

  #post([channelId]: string[], request: ReceivedRequest): Answer {
    const channel = this.#channels.get(channelId ?? '');
    if (channel === undefined) return failure(404, 10003, 'Unknown Channel');
    const body = asObject(request.body);
    const problem = validateMessage(body);
    if (problem) return problem;
    const reference = asObject(body.message_reference);
    const target = this.#messages.get(asText(reference.message_id));
    if (isSet(reference.message_id) && target === undefined && reference.fail_if_not_exists !== false) {
      const errors = {
        message_reference: { _errors: [{ code: 'REPLIES_UNKNOWN_MESSAGE', message: 'Unknown message' }] },
      };
      return { status: 400, body: { message: 'Invalid Form Body', code: 50035, errors } };
    }
    const extra = {
      ...(target === undefined ? {} : this.#referenceFields(target.wire.id, channel)),
      ...(isSet(body.nonce) ? { nonce: body.nonce } : {}),
    };
    const wire = this.#compose(this.#blankMessage(channel, this.bot, extra), body, request.files);
    if (wire === undefined) return emptyMessage();
    const stored = this.#store({ wire, files: request.files, channel, owner: undefined });
    this.#announce('MESSAGE_CREATE', stored);
    for (const watcher of this.#watchers) {
      const elsewhere = target !== undefined && !target.wire.author.bot && target.wire.id !== watcher.message.id;
      if (watcher.message.channel_id !== channel.id || elsewhere) continue;
      watcher.log.push({ source: 'post', original: true, message: snapshot(stored) });
    }
    return { status: 200, body: wire };
  }

  #channelMessage(method: string, [channelId, id]: string[], request: ReceivedRequest): Answer {
    const stored = this.#messages.get(id ?? '');
    // An ephemeral message can be reached through its interaction only.
    if (stored === undefined || stored.channel.id !== channelId || isEphemeral(stored.wire)) {
      return failure(404, 10008, 'Unknown Message');
    }
    if (method === 'GET') return { status: 200, body: stored.wire };
    const own = stored.wire.author.id === this.bot.id;
    if (method === 'DELETE') return own ? this.#delete(stored) : failure(403, 50013, 'Missing Permissions');
    if (!own) return failure(403, 50005, 'Cannot edit a message authored by another user');
    const body = asObject(request.body);
    const problem = validateMessage(body) ?? this.#edit(stored, body, request.files);
    if (problem) return problem;
    const message = snapshot(stored);
    for (const { log } of this.#watchers) {
      if (log.some((entry) => entry.message.id === id)) log.push({ source: 'patch', original: true, message });
    }
    return { status: 200, body: stored.wire };
  }

  // Commands.

  #putCommands(guildId: string | undefined, request: ReceivedRequest): Answer {
    const problem = validateCommands(request.body);
    if (problem) return problem;
    const known = this.#commands.get(guildId ?? '') ?? [];
    const commands = asArray(request.body).map((given) => {
      const command = normalizeCommand(asObject(given), { applicationId: this.applicationId, guildId });
      const existing = known.find((item) => item.name === command.name && item.type === command.type);
      const id = existing?.id ?? this.#snowflake();
      const unchanged = { id, version: existing?.version, ...command };
      return isDeepStrictEqual(existing, unchanged) ? unchanged : { ...unchanged, version: this.#snowflake() };
    });
    this.#commands.set(guildId ?? '', commands);
    this.commandPuts.push({ guildId, commands: structuredClone(commands) });
    return { status: 200, body: commands };
  }

  #getCommands(guildId: string | undefined, request: ReceivedRequest): Answer {
    const commands = this.#commands.get(guildId ?? '') ?? [];
    const full = request.query.get('with_localizations') === 'true';
    return { status: 200, body: full ? commands : withoutLocalizations(commands) };
  }

  /** Refuses what is not about this application or about a guild the bot is in. */
  #ofApplication(applicationId: string | undefined, guildId: string | undefined, answer: () => Answer): Answer {
    if (applicationId !== this.applicationId) {
      return failure(403, 20012, 'You are not authorized to perform this action on this application');
    }
    if (guildId !== undefined && !this.#guilds.has(guildId)) return failure(403, 50001, 'Missing Access');
    return answer();
  }

  // REST.

  #defineRoutes(): void {
    const add = (method: string, path: string, handler: RouteHandler, open = false) => {
      const pattern = new RegExp(`^${path.replaceAll(/:\w+/g, '([^/]+)')}$`);
      this.#routes.push({ method, pattern, open, handler });
    };
    const ok = (body: unknown): Answer => ({ status: 200, body });
    const application = { id: this.applicationId, name: this.bot.username, icon: null, description: '', flags: 0 };
    add('GET', '/gateway', () => ok({ url: `ws://${this.#host}` }), true);
    add('GET', '/gateway/bot', () => {
      const limits = { total: 1000, remaining: 1000, reset_after: 86_400_000, max_concurrency: 1 };
      return ok({ url: `ws://${this.#host}`, shards: 1, session_start_limit: limits });
    });
    add('GET', '/users/@me', () => ok(this.bot));
    add('GET', '/applications/@me', () => ok({ ...application, bot: this.bot, bot_public: true }));
    add('POST', '/users/@me/channels', (_, request) => {
      const user = this.#users.get(asText(asObject(request.body).recipient_id));
      return user === undefined ? failure(400, 50033, 'Invalid Recipient(s)') : ok(channelPayload(this.openDm(user)));
    });
    for (const scope of ['', '/guilds/:guild']) {
      const path = `/applications/:application${scope}/commands`;
      add('GET', path, ([id, guild], request) => this.#ofApplication(id, guild, () => this.#getCommands(guild, request)));
      add('PUT', path, ([id, guild], request) => this.#ofApplication(id, guild, () => this.#putCommands(guild, request)));
    }
    add('GET', '/channels/:channel', ([id]) => {
      const channel = this.#channels.get(id ?? '');
      return channel === undefined ? failure(404, 10003, 'Unknown Channel') : ok(channelPayload(channel));
    });
    add('POST', '/channels/:channel/typing', ([id], request) => {
      if (!this.#channels.has(id ?? '')) return failure(404, 10003, 'Unknown Channel');
      for (const watcher of this.#watchers) {
        if (watcher.message.channel_id === id) watcher.typingAt ??= request.at;
      }
      return { status: 204 };
    });
    add('POST', '/channels/:channel/messages', (parameters, request) => this.#post(parameters, request));
    add('POST', '/interactions/:id/:token/callback', (parameters, request) => this.#callback(parameters, request), true);
    add('POST', '/webhooks/:application/:token', (parameters, request) => this.#followUp(parameters, request), true);
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const own: RouteHandler = (parameters, request) => this.#channelMessage(method, parameters, request);
      const hook: RouteHandler = (parameters, request) => this.#webhookMessage(method, parameters, request);
      add(method, '/channels/:channel/messages/:message', own);
      add(method, '/webhooks/:application/:token/messages/:message', hook, true);
    }
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
    } catch {
      return; // The client gave up while it was sending.
    }
    const url = new URL(incoming.url ?? '/', `http://${this.#host}`);
    const attachment = this.#attachments.get(url.pathname);
    if (attachment !== undefined) {
      response.writeHead(200, { 'Content-Type': attachment.contentType }).end(attachment.bytes);
      return;
    }
    const parsed = await parseBody(Buffer.concat(chunks), incoming.headers['content-type'] ?? '');
    const request: ReceivedRequest = {
      method: incoming.method ?? 'GET',
      path: decodeURIComponent(url.pathname).replace(/^\/api(\/v\d+)?/, ''),
      query: url.searchParams,
      headers: incoming.headers,
      body: parsed?.body,
      files: parsed?.files ?? [],
      at: Date.now(),
    };
    this.requests.push(request);
    const fault = this.#takeFault(request);
    if (fault === 'drop' || fault === 'reset') {
      request.status = 0;
      if (fault === 'drop') incoming.socket.destroy();
      else incoming.socket.resetAndDestroy();
    } else {
      const broken = parsed === undefined ? failure(400, 50109, 'The request body contains invalid JSON.') : undefined;
      const answer: Answer = fault ?? broken ?? this.#answer(request);
      request.status = answer.status;
      const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
      const type = text === '' ? {} : { 'Content-Type': 'application/json' };
      response.writeHead(answer.status, { ...type, ...fault?.headers }).end(text);
    }
    const tasks = this.#afterAnswer;
    this.#afterAnswer = [];
    for (const task of tasks) task();
    this.#waiters.notify();
  }

  #takeFault(request: ReceivedRequest): FaultResponse | undefined {
    const fault = this.#faults.find(({ method, path, left }) => left > 0 && (method ?? request.method) === request.method && path.test(request.path));
    if (fault === undefined) return undefined;
    fault.left -= 1;
    if (typeof fault.response === 'string' || fault.response.body !== undefined) return fault.response;
    const { status } = fault.response;
    return { ...fault.response, body: { message: `${status}: Injected by the test`, code: 0 } };
  }

  #answer(request: ReceivedRequest): Answer {
    for (const { method, pattern, open, handler } of this.#routes) {
      const match = method === request.method ? pattern.exec(request.path) : null;
      if (match === null) continue;
      const authorized = open || request.headers.authorization === `Bot ${this.token}`;
      return authorized ? handler(match.slice(1), request) : failure(401, 0, '401: Unauthorized');
    }
    this.unhandled.push(request);
    return failure(404, 0, '404: Not Found');
  }

  // Gateway.

  #connect(socket: WebSocket): void {
    let session: Session | undefined;
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      if (session === undefined) return;
      if (session.socket === socket) session.socket = undefined;
      // Closing normally is how a client ends its session; anything else leaves it to be resumed.
      if (code === 1000 || code === 1001) this.#sessions.delete(session.id);
    });
    socket.on('message', (raw) => {
      const payload = parseJson(String(raw));
      if (payload === undefined) return socket.close(4002, 'Error while decoding payload.');
      const { op, d } = asObject(payload);
      const data = asObject(d);
      if (op === GatewayOpcodes.Heartbeat) {
        this.heartbeats.push({ sequence: typeof d === 'number' ? d : null, at: Date.now() });
        if (this.acknowledgeHeartbeats) send(socket, GatewayOpcodes.HeartbeatAck, null);
      } else if (op === GatewayOpcodes.PresenceUpdate) this.presences.push(data);
      else if (op === GatewayOpcodes.Identify || op === GatewayOpcodes.Resume) {
        if (session !== undefined) socket.close(4005, 'Already authenticated.');
        else if (data.token !== this.token) socket.close(4004, 'Authentication failed.');
        else session = op === GatewayOpcodes.Identify ? this.#identify(socket, data) : this.#resume(socket, data);
      }
      this.#waiters.notify();
    });
    send(socket, GatewayOpcodes.Hello, { heartbeat_interval: this.#options.heartbeatIntervalMs, _trace: [] });
  }

  #identify(socket: WebSocket, payload: JsonObject): Session {
    const [shard = 0, shards = 1] = asArray(payload.shard).map(Number);
    const session = new Session(socket, Number(payload.intents ?? 0), [shard, shards]);
    this.#sessions.set(session.id, session);
    const guilds = [...this.#guilds.values()].filter(({ id }) => session.serves(id));
    session.dispatch('READY', {
      v: 10,
      user: { ...this.bot, mfa_enabled: false, verified: true, email: null, flags: 0 },
      guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
      session_id: session.id,
      session_type: 'normal',
      resume_gateway_url: `ws://${this.#host}`,
      shard: [...session.shard],
      application: { id: this.applicationId, flags: 0 },
      private_channels: [],
      relationships: [],
      presences: [],
      user_settings: {},
      _trace: [],
    });
    if ((session.intents & GatewayIntentBits.Guilds) !== 0) {
      for (const guild of guilds) session.dispatch('GUILD_CREATE', this.#guildPayload(guild));
    }
    this.identifies.push({ intents: session.intents, payload, at: Date.now() });
    return session;
  }

  #resume(socket: WebSocket, payload: JsonObject): Session | undefined {
    const session = this.refuseResume ? undefined : this.#sessions.get(asText(payload.session_id));
    if (session === undefined || !session.resume(socket, Number(payload.seq))) {
      this.#sessions.delete(asText(payload.session_id));
      send(socket, GatewayOpcodes.InvalidSession, false);
      return undefined;
    }
    this.#resumes += 1;
    return session;
  }

  #dispatch(event: string, data: unknown, intent?: GatewayIntentBits): void {
    const { guild_id: guildId, id } = asObject(data);
    const guild = isSet(guildId) ? asText(guildId) : event.startsWith('GUILD_') ? asText(id) : undefined;
    for (const session of this.#sessions.values()) {
      if (session.serves(guild) && (intent === undefined || (session.intents & intent) !== 0)) session.dispatch(event, data);
    }
  }

  // Everything else.

  /** Increasing ids that carry the time, as the client derives dates from them. */
  #snowflake(): string {
    const now = BigInt(Date.now() - DISCORD_EPOCH) << 22n;
    this.#lastId = now > this.#lastId ? now : this.#lastId + 1n;
    return String(this.#lastId);
  }

  #addChannel(fields: Pick<ServerChannel, 'name' | 'guild' | 'recipient'>): ServerChannel {
    const channel: ServerChannel = { id: this.#snowflake(), lastMessageId: null, ...fields };
    this.#channels.set(channel.id, channel);
    return channel;
  }

  #wait<T>(what: string, probe: () => T | undefined): Promise<T> {
    return this.#waiters.wait(what, probe, this.#receivedSince(0));
  }

  #receivedSince(start: number): () => string {
    const shorten = (path: string) => path.replaceAll(/[\w-]{40,}/g, (token) => `${token.slice(0, 6)}…`);
    return () => {
      const seen = this.requests.slice(start);
      const lines = seen.slice(-20).map(({ method, path, status }) => `${method} ${shorten(path)} (${status ?? 'open'})`);
      return lines.join(', ');
    };
  }

  #guildPayload(guild: ServerGuild): JsonObject {
    return guildPayload(guild, { ...memberFields(guild), user: this.bot });
  }
}

const isEphemeral = (wire: APIMessage): boolean => ((wire.flags ?? 0) & MessageFlags.Ephemeral) !== 0;

const isLoading = (wire: APIMessage): boolean => ((wire.flags ?? 0) & MessageFlags.Loading) !== 0;

const snapshot = ({ wire, files }: StoredMessage): BotMessage => ({
  ...structuredClone(wire),
  ephemeral: isEphemeral(wire),
  files,
  at: Date.now(),
});

const send = (socket: WebSocket, op: GatewayOpcodes, d: unknown): void => {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ op, d, s: null, t: null }));
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const messageIntent = (channel: ServerChannel): GatewayIntentBits =>
  channel.guild === undefined ? GatewayIntentBits.DirectMessages : GatewayIntentBits.GuildMessages;

/** Undefined when the body is not the JSON it should be. */
async function parseBody(bytes: Buffer, contentType: string): Promise<{ body: unknown; files: UploadedFile[] } | undefined> {
  if (bytes.byteLength === 0) return { body: undefined, files: [] };
  try {
    if (!contentType.startsWith('multipart/form-data')) return { body: JSON.parse(bytes.toString('utf8')), files: [] };
    const form = await new Response(new Uint8Array(bytes), { headers: { 'Content-Type': contentType } }).formData();
    const files: UploadedFile[] = [];
    for (const [, value] of form) {
      if (typeof value === 'string') continue;
      files.push({ name: value.name, contentType: value.type, bytes: new Uint8Array(await value.arrayBuffer()) });
    }
    const json = form.get('payload_json');
    return { body: typeof json === 'string' ? JSON.parse(json) : {}, files };
  } catch {
    return undefined;
  }
}
