// What the screens share in filling their part of the page.

// Give every element its text in the language of `t`.
export function applyTexts(root, t) {
  for (const element of root.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
  for (const element of root.querySelectorAll("[data-label]")) element.ariaLabel = t(element.dataset.label);
}

// The named places of a screen. Nothing is written that stands there already: screen readers would read it again.
export function placesOf(root) {
  const find = (kind, name) => root.querySelector(`[data-${kind}="${name}"]`);
  return {
    part: (name) => find("part", name),
    action: (name) => find("action", name),
    fill(name, text) {
      const field = find("field", name);
      if (field.textContent !== text) field.textContent = text;
      return field;
    },
    onAction(name, act) {
      find("action", name).addEventListener("click", act);
    },
  };
}

export function elementOf(tag, text = "", attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// A number; null, one that is not known, is a dash to the eye and words to the ear.
export function showFigure(field, text, t) {
  if (field.shown === text) return;
  field.shown = text;
  const unknown = () => [
    elementOf("span", "–", { "aria-hidden": "true" }),
    elementOf("span", t("run.known-not"), { class: "unseen" }),
  ];
  field.replaceChildren(...(text === null ? unknown() : [text]));
}

// An act that takes a second tap within a few seconds: rain and sleeves tap too.
export function onSecondTap(button, label, again, act) {
  const PATIENCE_MS = 4000;
  let timer = 0;
  const rest = () => {
    timer = 0;
    button.textContent = label();
    delete button.dataset.armed;
  };
  button.addEventListener("click", () => {
    if (timer) {
      clearTimeout(timer);
      rest();
      act();
      return;
    }
    timer = setTimeout(rest, PATIENCE_MS);
    button.textContent = again();
    button.dataset.armed = "";
  });
  return () => {
    if (!timer) rest();
  };
}
