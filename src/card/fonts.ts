import { createRequire } from 'node:module';
import { GlobalFonts } from '@napi-rs/canvas';

const require = createRequire(import.meta.url);

/** A name that no font of the system has. */
const FAMILY = 'Isnad Plex';
/** IBM Plex Sans Arabic (SIL Open Font License 1.1), which has Latin of the same hand. */
const FILES = [
  require.resolve('@expo-google-fonts/ibm-plex-sans-arabic/400Regular/IBMPlexSansArabic_400Regular.ttf'),
  require.resolve('@expo-google-fonts/ibm-plex-sans-arabic/700Bold/IBMPlexSansArabic_700Bold.ttf'),
];

/** Makes the card's font known to the canvas, once. Only what it lacks (emoji, other scripts) comes from the system, where that has it. */
export function registerFont(): void {
  if (GlobalFonts.has(FAMILY)) return;
  for (const file of FILES) if (GlobalFonts.registerFromPath(file, FAMILY) === null) throw new Error(`The font ${file} can't be read`);
}

/** The font in the syntax of CSS. @param size in pixels */
export function font(weight: 'regular' | 'bold', size: number): string {
  return `${weight === 'bold' ? 700 : 400} ${size}px "${FAMILY}"`;
}
