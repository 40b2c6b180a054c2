// Every text of the page in each language: texts.json has them in one table. What stands in {braces} is filled in.

import { LANGUAGES } from "./languages.js";
import { unpacked } from "./packed.js";

const COLUMNS = Object.keys(LANGUAGES);
const TEXTS = await (await unpacked(new URL("texts.json.deflated", import.meta.url))).json();

// The language that was chosen, or the first of the phone's that there is.
export function languageOf(chosen, wanted) {
  const known = [chosen, ...wanted.map((tag) => tag.split("-")[0])];
  return known.find((language) => COLUMNS.includes(language)) ?? COLUMNS[0];
}

// t(key, values): a text in a language. A key that is missing is an error of the page.
export function textsOf(language) {
  const column = COLUMNS.indexOf(language);
  return (key, values = {}) => {
    if (!Object.hasOwn(TEXTS, key)) throw new Error(`there is no text "${key}"`);
    return TEXTS[key][column].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  };
}
