// The page in the language and units that were chosen.

import { languageOf, textsOf } from "../texts.js";
import { applyTexts } from "./dom.js";
import { formats } from "./format.js";

// Texts the page, and returns what gives texts and what gives numbers.
export function speak(chosen, units) {
  const language = languageOf(chosen, navigator.languages);
  const t = textsOf(language);
  document.documentElement.lang = language;
  applyTexts(document, t);
  const locale = navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
  return [t, formats(t, locale, units)];
}
