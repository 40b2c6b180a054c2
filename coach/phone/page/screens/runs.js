// The runs that this phone keeps, newest first.

import { elementOf, placesOf } from "./dom.js";

export function createRunsScreen(root, { formats }) {
  const { part } = placesOf(root);
  return {
    show({ heads }) {
      const { day, time, clock, distance, spm } = formats();
      part("none").hidden = heads.length > 0;
      part("runs").replaceChildren(...heads.map((head) => {
        const link = elementOf("a", "", { href: `#after/${head.id}` });
        const facts = [clock(head.duration_s), distance(head.distance_m), spm(head.cadence_spm)];
        link.append(
          elementOf("strong", `${day(head.started_ms)}, ${time(head.started_ms)}`),
          elementOf("span", facts.filter(Boolean).join("  ·  ")),
        );
        const item = elementOf("li");
        item.append(link);
        return item;
      }));
    },
  };
}
