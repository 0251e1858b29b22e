// Made by generate.mjs from the server's OpenAPI document: change that, not this.

export type Error = {
  /** For people. */
  error: string;
  /** For programs; stable. */
  code: string;
  requestId: string;
};

export type Slot = "coiffe" | "cape" | "bouclier" | "familier" | "epauliere" | "costume" | "ailes";

export type Vote = {
  label: string;
  weight: number;
  /** Empty where no stored look says so. */
  exampleId: string;
};

export type Item = {
  /** Null when the slot is judged empty. */
  itemId: number | null;
  score: number;
  candidates: Array<{
    label: number;
    weight: number;
    exampleId: string;
    probability: number;
    name: string | null;
    sameAppearance: Array<number>;
    source: "examples" | "icon";
  }>;
  /** Probability that anything is worn. */
  present: number;
  /** Where it was looked for, in pixels of the picture, before it is turned about its own middle; it may reach outside the picture. Null where no look taught the slot. */
  region: {
    x: number;
    y: number;
    width: number;
    height: number;
    /** Clockwise. */
    rotationDegrees: number;
  } | null;
};

export type Character = {
  /** In pixels of the picture. */
  box: {
    x: number;
    y: number;
    width: number;
    height: number;
  };
  mirrored: boolean;
  rotationDegrees: number;
  score: number;
  classLabel: string | null;
  gender: "m" | "f" | null;
  confidence: number;
};

/** What each part of a character said. */
export type HeatMap = {
  /** Cells across. */
  columns: number;
  /** Cells down. */
  rows: number;
  /** What the cells cover, in pixels of the picture, before it is turned; it may reach outside the picture. */
  box: {
    x: number;
    y: number;
    width: number;
    height: number;
  };
  /** Whether the character looks the other way than the learned looks; the cells are as the picture shows it, whichever way. */
  mirrored: boolean;
  /** How far the box is turned about its own middle, clockwise. */
  rotationDegrees: number;
  /** Row by row, from the left of the picture to its right: above 0 spoke for the answer, below 0 for the next best; the loudest is 1 or -1. */
  cells: Array<number>;
};

export type Analysis = {
  /** French name of a Dofus class, or the export's own label; null when the verdict is `unknown`. */
  classLabel: string | null;
  classVotes: Array<Vote>;
  gender: "m" | "f" | null;
  genderVotes: Array<Vote>;
  colors: Array<string>;
  colorSources: Array<Vote>;
  items: {
    coiffe: Item;
    cape: Item;
    bouclier: Item;
    familier: Item;
    epauliere: Item;
    costume: Item;
    ailes: Item;
  };
  neighbors: Array<Vote>;
  verdict: "recognised" | "uncertain" | "unknown";
  classId: number | null;
  classNames: {
    fr: string;
    en: string;
  } | null;
  confidence: {
    class: number;
    gender: number;
  };
  character: Character | null;
  characters: Array<Character>;
  colorSlots: Array<{
    slot: number;
    hex: string | null;
    state: "solved" | "uncertain" | "unknown";
    confidence: number;
  }>;
  palette: Array<{
    hex: string;
    share: number;
  }>;
  encoder: string;
  model: string;
  tookMs: number;
};

export type Look = {
  id: string;
  classLabel: string | null;
  classId: number | null;
  classNames: {
    fr: string;
    en: string;
  } | null;
  gender: "m" | "f" | null;
  colors: Array<string | null>;
  items: {
    coiffe: number | null;
    cape: number | null;
    bouclier: number | null;
    familier: number | null;
    epauliere: number | null;
    costume: number | null;
    ailes: number | null;
  };
  /** As the last training learned it; added or corrected since; removed since. */
  standing: "learned" | "pending" | "removed";
  /** Whether its picture was added through this server. */
  collected: boolean;
  /** Whether the last training found that its labels do not explain its picture. */
  suspect: boolean;
  /** Which of its labels is likely wrong; null where none is. */
  doubt: {
    field: "class" | "gender" | "colors";
    /** That the label is wrong: what templates made without the look say of its class or sex; always 0.5 for colours. */
    likelihood: number;
    /** The class or sex that is likelier. */
    says: string | null;
  } | null;
};

export type LookMap = {
  /** Looks that pass the filter in all. */
  total: number;
  looks: Array<{
    id: string;
    classLabel: string | null;
    gender: "m" | "f" | null;
    /** From the left. */
    x: number;
    /** From the top. */
    y: number;
    /** The class among whose looks it stands, where that is not its own: perhaps mislabelled. */
    among: string | null;
  }>;
  classes: Array<{
    classLabel: string;
    /** Looks of it on the map. */
    looks: number;
    /** Share of its looks' eight nearest that are of the class. */
    own: number;
    /** The class that is most often near beside it. */
    nearest: string | null;
  }>;
};

export type Duplicates = {
  groups: Array<{
    looks: Array<Look>;
    /** Which labels differ among them: `class`, `gender`, `colors`, or a slot. */
    fields: Array<string>;
  }>;
  /** Looks that were gone through. */
  lookedAt: number;
  /** Where to go on; null at the end. */
  next: string | null;
};

export type CatalogueItem = {
  id: number;
  slot: "coiffe" | "cape" | "bouclier" | "familier" | "epauliere" | "costume" | "ailes" | null;
  name: {
    fr: string | null;
    en: string | null;
  };
  level: number | null;
  iconId: number | null;
  appearanceId: number | null;
  /** Whether `/api/catalogue/items/{id}/icon` has one. */
  hasIcon: boolean;
};

export type Run = {
  id: string;
  status: "running" | "completed" | "failed";
  /** File name only. */
  datasetPath: string;
  /** File name only. */
  indexPath: string;
  totalExamples: number;
  processedExamples: number;
  reusedExamples: number;
  newExamples: number;
  failedExamples: number;
  /** In ms since 1970, like all times. */
  startedAt: number;
  updatedAt: number;
  lastExampleId: string | null;
  /** What it is doing, in French; `said` says it for programs. */
  message: string | null;
  /** Once finished. */
  finishedAt?: number;
  /** The first looks that could not be used; absent where there are none. */
  failures?: Array<{
    id: string;
    /** French. */
    reason: string;
    /** Why, for programs: `invalidJson`, `notAnObject`, `tooLong`, `unreadableFile`, `emptyFile`, `noImage`, `imageNotFound`, `imageOutside`, `imageRemote`, `invalidDataUrl`, `imageTooLarge`, `duplicateId`, `imageUnreadable`, `notAPicture`, `unsupportedFormat`, `tooManyPixels`, `damaged`, `noCharacter`, `internal`, `other`. Absent in what older versions wrote. */
    kind: string;
    /** What the reason is about: a name, a size, a limit. Absent where there is none. */
    detail: string;
    /** The name of its picture for `/api/vision-progress/pictures/{id}`, of the last run; absent where none could be kept. */
    picture: string;
  }>;
  /** What it is doing; absent in what older versions wrote. */
  said: {
    /** `reusing`, `processing`, `imageMissing`, `failedOn`, `working`, `interrupted`, `cancelled`, `finished`; newer versions may say more. */
    kind: string;
    /** The look: `processing`, `imageMissing`, `failedOn`. */
    id: string;
    /** Looks that are unchanged: `reusing`. */
    count: number;
    /** Looks done with: `processing`, `cancelled`. */
    processed: number;
    /** With what: `working`. `character`, `templates`, `vectors`, `describing`, `reading`, `colours`, `items`. */
    stage: string;
    /** Steps so far: `working`. */
    done: number;
    /** Looks or steps in all: `processing`, `working`, `cancelled`. */
    total: number;
    /** Why it could not go on: `interrupted`. `processGone`, `datasetUnreadable`, `datasetEmpty`, `indexUnusable`, `encoderFailed`, `learningFailed`, `internal`. */
    cause: string;
    /** Looks of the dataset: `finished`. */
    examples: number;
    /** Looks that could not be used: `finished`. */
    failed: number;
  };
};

export type Progress = {
  status: "idle" | "running" | "completed" | "failed";
  current: Run | null;
  lastRun: Run | null;
  history: Array<Run>;
  latestIndex: {
    updatedAt: number;
    entryCount: number;
    /** File name only. */
    datasetPath: string;
    datasetSize: number;
    /** The encoder, under its old name. */
    clipModel: string;
  } | null;
};

export type Health = {
  status: "ok" | "degraded";
  problems: Array<{
    code: "index_empty" | "model_missing" | "encoder_fallback" | "index_of_another_encoder" | "index_unreadable";
    message: string;
  }>;
  encoder: string;
  model: string | null;
  looks: number;
  queueWaiting: number;
  version: string;
};

/** What is not named stays as it is, null clears. */
export type Labels = {
  /** A class: id, French or English name, or any other label. */
  class?: string | number | null;
  gender?: "m" | "f" | null;
  /** By position. */
  colors?: Array<string | number | null> | null;
  items?: {
    coiffe?: number | null;
    cape?: number | null;
    bouclier?: number | null;
    familier?: number | null;
    epauliere?: number | null;
    costume?: number | null;
    ailes?: number | null;
  } | null;
  /** Kept beside the labels of a look that is added. */
  note?: string | null;
};

export type Conflict = {
  /** Cosine; 1 for the same picture. */
  similarity: number;
  /** `class`, `gender`, `colors`, or a slot. */
  fields: Array<string>;
  look: Look;
};

export type Added = {
  look: Look;
  /** Looks that show the same and are labelled otherwise. */
  conflicts: Array<Conflict>;
};

export type Rate = {
  right: number;
  of: number;
};

export type Evaluation = {
  /** ms since 1970 */
  at: number;
  model: string;
  dataset: string;
  /** Folds of a cross-validation; null on an export that was not learned. */
  folds: number | null;
  looks: number;
  failed: number;
  class: Rate;
  gender: Rate;
  both: Rate;
  byClass: Record<string, Rate>;
  /** Labelled, answered, times; "" is no class. */
  confusion: Record<string, Record<string, number>>;
  reliability: Array<{
    answers: number;
    confidenceSum: number;
    right: number;
  }>;
  calibrationError: number;
  colours: Array<{
    labelled: number;
    within5: Rate;
    median: number | null;
  }>;
  items: Record<string, {
    top1: Rate;
    top5: Rate;
    truePresent: number;
    falsePresent: number;
    falseEmpty: number;
  }>;
  worst: Array<{
    id: string;
    class: string | null;
    gender: "m" | "f" | null;
    answeredClass: string | null;
    answeredGender: "m" | "f" | null;
    confidence: number;
    badness: number;
    /** The name of its picture for `/api/evaluations/pictures/{id}`; the newest evaluation has them. */
    picture: string;
  }>;
};

export type Probe = {
  status: "live" | "ready" | "stopping" | "index_unreadable";
};

/** What the server refused, in its words. */
export class LorgnonError extends Error {
  readonly status: number;
  /** For programs: it does not change. */
  readonly code: string;
  readonly requestId: string | undefined;

  constructor(status: number, body: { error?: string; code?: string; requestId?: string }) {
    super(body.error ?? `the server answered ${status}`);
    this.name = "LorgnonError";
    this.status = status;
    this.code = body.code ?? "unknown";
    this.requestId = body.requestId;
  }
}

type Request = {
  method: string;
  answer: "json" | "blob" | "text";
  query?: Record<string, unknown>;
  picture?: Blob | Uint8Array<ArrayBuffer>;
  form?: { image: Blob | Uint8Array<ArrayBuffer>; labels: string };
  json?: unknown;
};

/** A server of Lorgnon. */
export class Lorgnon {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  /** `token` is the server's `LORGNON_TOKEN`, for what changes something; messages are French unless `language` is "en". */
  constructor(base: string, { token, language }: { token?: string; language?: "fr" | "en" } = {}) {
    this.#base = base.replace(/\/$/, "");
    this.#headers = { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(language ? { "accept-language": language } : {}) };
  }

  /** Who is in a picture */
  analyzeLook(image: Blob | Uint8Array<ArrayBuffer>, query: { k?: number } = {}): Promise<Analysis> {
    return this.#ask(`/api/analyze-look`, { method: "POST", answer: "json", query, picture: image });
  }

  /** Why it is this class and sex */
  explainLook(image: Blob | Uint8Array<ArrayBuffer>): Promise<HeatMap> {
    return this.#ask(`/api/heat-map`, { method: "POST", answer: "json", picture: image });
  }

  /** The stored looks most like a picture */
  findSimilar(image: Blob | Uint8Array<ArrayBuffer>, query: { k?: number; class?: string; gender?: "m" | "f"; slot?: Slot; item?: number } = {}): Promise<{
    looks: Array<{
      similarity: number;
      look: Look;
    }>;
  }> {
    return this.#ask(`/api/similar`, { method: "POST", answer: "json", query, picture: image });
  }

  /** A class drawn in colours */
  redraw(query: { class: string; gender: "m" | "f"; colors?: string }): Promise<Blob> {
    return this.#ask(`/api/redraw`, { method: "GET", answer: "blob", query });
  }

  /** How trainings stand */
  getProgress(): Promise<Progress> {
    return this.#ask(`/api/vision-progress`, { method: "GET", answer: "json" });
  }

  /** What a look that failed showed */
  failurePicture(id: string): Promise<Blob> {
    return this.#ask(`/api/vision-progress/pictures/${encodeURIComponent(id)}`, { method: "GET", answer: "blob" });
  }

  /** Start a training */
  startTraining(): Promise<{
    status: "started";
  }> {
    return this.#ask(`/api/training`, { method: "POST", answer: "json" });
  }

  /** Cancel the running training */
  cancelTraining(): Promise<{
    status: "cancelling";
  }> {
    return this.#ask(`/api/training`, { method: "DELETE", answer: "json" });
  }

  /** The stored looks, by id */
  listLooks(query: { class?: string; gender?: "m" | "f"; slot?: Slot; item?: number; q?: string; color?: string; standing?: "learned" | "pending" | "removed"; suspect?: boolean; offset?: number; limit?: number } = {}): Promise<{
    looks: Array<Look>;
    total: number;
    offset: number;
    limit: number;
  }> {
    return this.#ask(`/api/looks`, { method: "GET", answer: "json", query });
  }

  /** Add a picture with its labels; the next training takes it */
  addLook(image: Blob | Uint8Array<ArrayBuffer>, labels: Labels): Promise<Added> {
    return this.#ask(`/api/looks`, { method: "POST", answer: "json", form: { image, labels: JSON.stringify(labels) } });
  }

  /** One look */
  getLook(id: string): Promise<Look> {
    return this.#ask(`/api/looks/${encodeURIComponent(id)}`, { method: "GET", answer: "json" });
  }

  /** Correct labels; the next training takes them */
  correctLook(id: string, body: Labels): Promise<Look> {
    return this.#ask(`/api/looks/${encodeURIComponent(id)}`, { method: "PATCH", answer: "json", json: body });
  }

  /** Leave a look out of the next training */
  removeLook(id: string): Promise<Look> {
    return this.#ask(`/api/looks/${encodeURIComponent(id)}`, { method: "DELETE", answer: "json" });
  }

  /** Take a removed look back */
  restoreLook(id: string): Promise<Look> {
    return this.#ask(`/api/looks/${encodeURIComponent(id)}/restore`, { method: "POST", answer: "json" });
  }

  /** A look's largest picture */
  getLookImage(id: string): Promise<Blob> {
    return this.#ask(`/api/looks/${encodeURIComponent(id)}/image`, { method: "GET", answer: "blob" });
  }

  /** A look's small picture */
  getLookThumbnail(id: string, query: { side?: number } = {}): Promise<Blob> {
    return this.#ask(`/api/looks/${encodeURIComponent(id)}/thumbnail`, { method: "GET", answer: "blob", query });
  }

  /** Where the looks stand among each other */
  lookMap(query: { class?: string; gender?: "m" | "f"; slot?: Slot; item?: number; limit?: number } = {}): Promise<LookMap> {
    return this.#ask(`/api/look-map`, { method: "GET", answer: "json", query });
  }

  /** Looks whose picture is there twice */
  duplicates(query: { after?: string; limit?: number } = {}): Promise<Duplicates> {
    return this.#ask(`/api/duplicates`, { method: "GET", answer: "json", query });
  }

  /** The items that exist */
  searchItems(query: { q?: string; slot?: Slot; ids?: string; limit?: number } = {}): Promise<{
    items: Array<CatalogueItem>;
    total: number;
  }> {
    return this.#ask(`/api/catalogue/items`, { method: "GET", answer: "json", query });
  }

  /** An item's icon */
  itemIcon(id: number): Promise<Blob> {
    return this.#ask(`/api/catalogue/items/${encodeURIComponent(id)}/icon`, { method: "GET", answer: "blob" });
  }

  /** How right the answers were found to be, newest first */
  listEvaluations(): Promise<{
    evaluations: Array<Evaluation>;
  }> {
    return this.#ask(`/api/evaluations`, { method: "GET", answer: "json" });
  }

  /** The picture of a worst case */
  evaluationPicture(id: string): Promise<Blob> {
    return this.#ask(`/api/evaluations/pictures/${encodeURIComponent(id)}`, { method: "GET", answer: "blob" });
  }

  /** This document */
  getOpenApi(): Promise<Record<string, unknown>> {
    return this.#ask(`/api/openapi.json`, { method: "GET", answer: "json" });
  }

  /** Whether the program can do its work */
  getHealth(): Promise<Health> {
    return this.#ask(`/health`, { method: "GET", answer: "json" });
  }

  /** Whether the process answers */
  getLiveness(): Promise<Probe> {
    return this.#ask(`/health/live`, { method: "GET", answer: "json" });
  }

  /** Whether requests may be sent here */
  getReadiness(): Promise<Probe> {
    return this.#ask(`/health/ready`, { method: "GET", answer: "json" });
  }

  /** Counters for Prometheus */
  getMetrics(): Promise<string> {
    return this.#ask(`/metrics`, { method: "GET", answer: "text" });
  }

  async #ask<T>(path: string, { method, answer, query = {}, picture, form, json }: Request): Promise<T> {
    const asked = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
    const search = asked.length ? `?${new URLSearchParams(asked.map(([name, value]) => [name, String(value)]))}` : "";
    const headers: Record<string, string> = { ...this.#headers };
    let body: BodyInit | undefined;
    if (picture) {
      headers["content-type"] = "application/octet-stream";
      body = picture;
    } else if (form) {
      const fields = new FormData();
      fields.append("image", form.image instanceof Blob ? form.image : new Blob([form.image]), "look");
      fields.append("labels", form.labels);
      body = fields;
    } else if (json !== undefined) {
      headers["content-type"] = "application/json";
      body = JSON.stringify(json);
    }
    const response = await fetch(this.#base + path + search, { method, headers, ...(body === undefined ? {} : { body }) });
    if (!response.ok) throw new LorgnonError(response.status, await response.json().catch(() => ({})));
    return (await response[answer]()) as T;
  }
}
