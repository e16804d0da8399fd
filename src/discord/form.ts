import { LabelBuilder, ModalBuilder, TextInputBuilder, TextInputStyle } from 'discord.js';

/** A field of a form, for text. */
export interface Field {
  readonly id: string;
  readonly label: string;
  /** UTF-16 code units that it may hold. */
  readonly maxLength: number;
  readonly required: boolean;
  /** Of one line; default: of several. */
  readonly oneLine?: boolean;
}

/** A form to be filled in. @param customId what is sent back with it */
export function form(customId: string, title: string, fields: readonly Field[]): ModalBuilder {
  const labels = fields.map(({ id, label, maxLength, required, oneLine = false }) => {
    const style = oneLine ? TextInputStyle.Short : TextInputStyle.Paragraph;
    const input = new TextInputBuilder().setCustomId(id).setStyle(style).setMaxLength(maxLength).setRequired(required);
    return new LabelBuilder().setLabel(label).setTextInputComponent(input);
  });
  return new ModalBuilder().setCustomId(customId).setTitle(title).addLabelComponents(labels);
}
