// Every text of the page, in each language, in one table. What stands in {braces} is filled in.

export const LANGUAGES = { en: "English", de: "Deutsch" };
const COLUMNS = Object.keys(LANGUAGES);

const TEXTS = {
  "app.name": ["Cadence Coach", "Cadence Coach"],
  "app.medical": [
    "Training software, not a medical device. With pain or an injury, see a professional.",
    "Trainingssoftware, kein Medizinprodukt. Bei Schmerzen oder Verletzung: zu einer Fachperson.",
  ],
  "nav.label": ["Screens", "Ansichten"],
  "nav.connect": ["Run", "Lauf"],
  "nav.runs": ["My runs", "Meine Läufe"],
  "nav.settings": ["Settings", "Einstellungen"],

  "connect.title": ["Ready to run", "Bereit zum Laufen"],
  "connect.lead": [
    "A pod on your shoe counts your steps, and you hear when quicker ones would spare your Achilles tendon.",
    "Ein Pod am Schuh zählt deine Schritte, und du hörst, wann schnellere deine Achillessehne schonen.",
  ],
  "connect.button": ["Connect the pod", "Pod verbinden"],
  "connect.busy": ["Connecting …", "Verbinde …"],
  "connect.needs": [
    "Wake the pod with a shake, put in your earbuds, and keep this page open while you run.",
    "Wecke den Pod durch Schütteln, setze die Ohrhörer ein und lass diese Seite beim Laufen offen.",
  ],
  "connect.pods": [
    "Any Bluetooth running sensor works too, for cadence alone.",
    "Auch jeder Bluetooth-Laufsensor geht, dann nur für die Schrittfrequenz.",
  ],
  "connect.cut-off": [
    "Your run of {time} was cut off after {duration}.",
    "Dein Lauf von {time} brach nach {duration} ab.",
  ],
  "connect.continue": ["Go on with it", "Weiterlaufen"],
  "connect.finish": ["It is over", "Er ist zu Ende"],
  "support.no-bluetooth": [
    "This browser cannot reach a pod: use Chrome on Android or a computer, try Bluefy on an iPhone, or watch a " +
      "run that a computer follows with “coach run --page”.",
    "Dieser Browser erreicht keinen Pod: nimm Chrome auf Android oder einem Computer, versuche Bluefy auf dem " +
      "iPhone, oder sieh einem Lauf zu, den ein Computer mit „coach run --page“ verfolgt.",
  ],
  "support.not-secure": [
    "Browsers allow Bluetooth on secure pages alone: open this page by an address that begins with https.",
    "Bluetooth geht nur auf sicheren Seiten: öffne diese Seite über eine Adresse, die mit https beginnt.",
  ],
  "problem.out-of-reach": [
    "The pod cannot be reached: hold it near the phone, shake it, and try again.",
    "Der Pod ist nicht erreichbar: halte ihn ans Telefon, schüttle ihn und versuche es noch einmal.",
  ],
  "problem.no-answer": [
    "The pod connected but sends nothing: switch it off and on, and try again.",
    "Der Pod ist verbunden, sendet aber nichts: schalte ihn aus und ein und versuche es noch einmal.",
  ],
  "problem.wrong-pod": [
    "That device is no pod this page knows: choose your pod or a running sensor.",
    "Dieses Gerät ist kein Pod, den diese Seite kennt: wähle deinen Pod oder einen Laufsensor.",
  ],
  "problem.not-kept": [
    "The phone has no room to keep this run: free some space. It is tried again until it can be kept.",
    "Das Telefon hat keinen Platz für diesen Lauf: schaffe Platz. Es wird weiter versucht, ihn zu behalten.",
  ],
  "problem.no-store": [
    "This browser keeps nothing, so a run would be lost: leave the private window, then try again.",
    "Dieser Browser behält nichts, ein Lauf wäre verloren: verlasse das private Fenster und versuche es erneut.",
  ],
  "problem.no-strides": [
    "No step was seen, so nothing was kept: is the pod on the shoe?",
    "Kein Schritt erkannt, nichts wurde behalten: sitzt der Pod am Schuh?",
  ],
  "problem.sound": [
    "There is no sound. The run goes on and is kept.",
    "Es kommt kein Ton. Der Lauf geht weiter und wird behalten.",
  ],
  "problem.words": [
    "The phone cannot speak. You will hear tones only.",
    "Das Telefon kann nicht sprechen. Du hörst nur Töne.",
  ],


  "run.title": ["Running", "Unterwegs"],
  "run.unit": ["steps a minute", "Schritte pro Minute"],
  "run.target": ["target {spm}", "Ziel {spm}"],
  "run.band": ["{cadence} against a target of {target}", "{cadence} bei einem Ziel von {target}"],
  "run.time": ["time", "Zeit"],
  "run.km": ["km", "km"],
  "run.mi": ["mi", "mi"],
  "run.pace": ["min per {way}", "min je {way}"],
  "run.dim": ["Dim", "Dunkel"],
  "run.dimmed": ["Tap to brighten", "Tippen macht hell"],
  "run.mute": ["Mute coach", "Coach aus"],
  "run.unmute": ["Hear coach", "Coach an"],
  "run.stop": ["End run", "Beenden"],
  "run.stop-again": ["Tap again", "Noch einmal"],
  "run.muted": ["The coach is muted.", "Der Coach ist stumm."],
  "run.battery": ["pod {percent} %", "Pod {percent} %"],
  "run.no-battery": ["battery not known", "Akku unbekannt"],
  "run.known-not": ["not known", "nicht bekannt"],
  "link.connecting": ["Connecting", "Verbinde"],
  "link.connected": ["Connected", "Verbunden"],
  "link.stalled": ["Pod is silent", "Pod schweigt"],
  "link.lost": ["Link lost, looking for the pod", "Verbindung weg, suche den Pod"],
  "link.closed": ["Ended", "Beendet"],

  "status.idle": ["Waiting for your first steps", "Warte auf deine ersten Schritte"],
  "status.learning": ["Learning your own cadence", "Lerne deine eigene Schrittfrequenz"],
  "status.watching": ["Watching", "Schaue zu"],
  "status.burst": ["Metronome", "Metronom"],
  "status.resting": ["Quiet for a while", "Eine Weile Ruhe"],
  "status.alone": ["Your cadence is there: no cues", "Deine Schrittfrequenz passt: keine Hinweise"],
  "status.stopped": ["Standing: no cues", "Stehen: keine Hinweise"],
  "status.walking": ["Walking: no cues", "Gehen: keine Hinweise"],
  "status.hill": ["Hill: no cues", "Steigung: keine Hinweise"],
  "status.off_pace": ["Not your usual pace: no cues", "Nicht dein übliches Tempo: keine Hinweise"],
  "status.signal": ["The pod's signal is poor: no cues", "Schlechtes Signal des Pods: keine Hinweise"],

  "cue.none": ["", ""],
  "cue.burst_up": ["Quicker steps", "Schnellere Schritte"],
  "cue.burst_down": ["Slower steps", "Langsamere Schritte"],
  "cue.on_target": ["On target", "Im Ziel"],
  "cue.warning": ["Take care", "Gib acht"],
  "cue.walk": ["Walk", "Gehen"],
  "cue.run": ["Run", "Laufen"],
  "cue.silence": ["Metronome off", "Metronom aus"],
  "cue.on_target.end_of_road": [
    "Your cadence is already there. I will leave you alone",
    "Deine Schrittfrequenz passt schon. Ich lasse dich in Ruhe",
  ],
  "cue.on_target.plan": ["That was the plan. Well done", "Das war der Plan. Gut gemacht"],
  "cue.warning.load": [
    "A tenth more than in any run of your last 30 days. Time to head home",
    "Ein Zehntel mehr als in jedem Lauf der letzten 30 Tage. Zeit für den Heimweg",
  ],
  "cue.warning.faster": ["Shorter steps, same speed", "Kürzere Schritte, gleiches Tempo"],
  "cue.warning.forefoot": [
    "You are landing further forward than before. That loads the Achilles tendon more",
    "Du setzt weiter vorn auf als vorher. Das belastet die Achillessehne mehr",
  ],
  "reason.none": ["", ""],
  "reason.below_target": ["below the target", "unter dem Ziel"],
  "reason.above_target": ["above the target", "über dem Ziel"],
  "reason.reached": ["target reached", "Ziel erreicht"],
  "reason.end_of_road": ["your cadence is already there", "deine Schrittfrequenz passt schon"],
  "reason.faster": ["the speed rose with the cadence", "das Tempo stieg mit"],
  "reason.forefoot": ["the landing moved toward the forefoot", "das Aufsetzen wanderte nach vorn"],
  "reason.plan": ["as planned", "wie geplant"],
  "reason.over": ["enough for now", "genug für jetzt"],
  "reason.stopped": ["stopped", "angehalten"],
  "reason.walking": ["walking", "Gehen"],
  "reason.hill": ["hill", "Steigung"],
  "reason.off_pace": ["not at the usual pace", "nicht im üblichen Tempo"],
  "reason.signal": ["the pod's signal is poor", "schlechtes Signal des Pods"],
  "reason.load": ["load guard", "Belastungswächter"],

  "after.title": ["Your run", "Dein Lauf"],
  "after.time": ["time", "Zeit"],
  "after.distance": ["distance", "Strecke"],
  "after.cadence": ["cadence", "Schrittfrequenz"],
  "after.target": ["target", "Ziel"],
  "after.chart-cadence": ["Cadence", "Schrittfrequenz"],
  "after.chart-length": ["Stride length", "Schrittlänge (Doppelschritt)"],
  "after.chart-alt": [
    "{title} over time: {first} in the first minutes, {last} in the last, between {least} and {most}.",
    "{title} im Verlauf: {first} in den ersten Minuten, {last} in den letzten, zwischen {least} und {most}.",
  ],
  "after.no-chart": ["This pod does not tell it.", "Dieser Pod sagt dazu nichts."],
  "after.cues": ["What the coach said", "Was der Coach sagte"],
  "after.no-cues": ["Nothing: there was no need.", "Nichts: es war nicht nötig."],
  "after.export": ["Take it with you", "Mitnehmen"],
  "after.mcap": ["Recording", "Aufnahme"],
  "after.mcap-hint": [
    "for “coach journal import” on a computer",
    "für „coach journal import“ auf einem Computer",
  ],
  "after.csv": ["Table (CSV)", "Tabelle (CSV)"],
  "after.fit": ["Activity (FIT)", "Aktivität (FIT)"],
  "after.delete": ["Delete this run", "Diesen Lauf löschen"],
  "after.delete-again": ["Tap again to delete for good", "Noch einmal: endgültig löschen"],

  "runs.title": ["My runs", "Meine Läufe"],
  "runs.none": [
    "No run yet. Connect your pod and go: each run is kept here, on this phone alone.",
    "Noch kein Lauf. Verbinde deinen Pod und lauf los: jeder Lauf bleibt hier, nur auf diesem Telefon.",
  ],

  "settings.title": ["Settings", "Einstellungen"],
  "settings.coach": ["Coach", "Coach"],
  "settings.target": ["Target", "Ziel"],
  "settings.target-own": ["5 % above my own cadence", "5 % über meiner eigenen"],
  "settings.target-number": ["A cadence of my choice", "Eine Schrittfrequenz meiner Wahl"],
  "settings.target-spm": ["Steps a minute", "Schritte pro Minute"],
  "settings.own": ["Your own cadence: {spm}, measured in easy running.", "Deine eigene: {spm}, gemessen im lockeren Lauf."],
  "settings.own-unknown": [
    "Your own cadence is measured in the first minute of your next easy run.",
    "Deine eigene wird in der ersten Minute deines nächsten lockeren Laufs gemessen.",
  ],
  "settings.measure": ["Measure anew", "Neu messen"],
  "settings.side": ["Pod on the foot", "Pod am Fuß"],
  "settings.side-none": ["not told", "nicht gesagt"],
  "settings.side-left": ["left", "links"],
  "settings.side-right": ["right", "rechts"],
  "settings.sound": ["Sound", "Ton"],
  "settings.sound-words": ["Words and ticks", "Worte und Ticken"],
  "settings.sound-tones": ["Tones and ticks", "Töne und Ticken"],
  "settings.sound-off": ["Off", "Aus"],
  "settings.sound-hint": [
    "While a run goes on, music of other apps may pause: the phone gives the earbuds to one at a time.",
    "Während eines Laufs kann Musik anderer Apps pausieren: das Telefon gibt die Ohrhörer nur einer.",
  ],
  "settings.try": ["Try it", "Ausprobieren"],
  "settings.locked": ["Ticks follow my steps", "Das Ticken folgt meinen Schritten"],
  "settings.latency": ["Earbuds late by {ms} ms", "Ohrhörer verzögern um {ms} ms"],
  "settings.latency-hint": [
    "Only for ticks that follow your steps. Bluetooth earbuds are often 150 to 250 ms late.",
    "Nur für Ticken, das deinen Schritten folgt. Bluetooth-Ohrhörer verzögern oft um 150 bis 250 ms.",
  ],
  "settings.device": ["Pod and display", "Pod und Anzeige"],
  "settings.mode": ["Steps are found", "Schritte findet"],
  "settings.mode-raw": ["by the phone", "das Telefon"],
  "settings.mode-strides": ["by the pod", "der Pod"],
  "settings.mode-hint": [
    "By the phone: every sample is kept. By the pod: spares its battery, and it keeps what a sleeping phone missed.",
    "Das Telefon: jeder Messwert bleibt. Der Pod: schont den Akku und behält, was ein schlafendes Telefon verpasst.",
  ],
  "settings.units": ["Units", "Einheiten"],
  "settings.units-metric": ["kilometres", "Kilometer"],
  "settings.units-imperial": ["miles", "Meilen"],
  "settings.language": ["Language", "Sprache"],
  "settings.language-auto": ["as the phone", "wie das Telefon"],
  "settings.data": [
    "Runs and settings stay on this phone; this page sends nothing to anyone.",
    "Läufe und Einstellungen bleiben auf diesem Telefon; diese Seite sendet nichts an andere.",
  ],

  "unit.spm": ["{value} spm", "{value} spm"],
  "unit.km": ["{value} km", "{value} km"],
  "unit.mi": ["{value} mi", "{value} mi"],
  "unit.m": ["{value} m", "{value} m"],
  "unit.ft": ["{value} ft", "{value} ft"],
};

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

export const KEYS = Object.keys(TEXTS);
