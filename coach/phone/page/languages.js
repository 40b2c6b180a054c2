// The languages of the page, by their tags, as they call themselves; in the order of the columns of texts.json.

export const LANGUAGES = { en: "English", de: "Deutsch" };
