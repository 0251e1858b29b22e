// Replaces the old route of the same name: what came in is passed on, what Lorgnon answers is passed back.
// Its answer begins with the old fields, so pages that call this route go on as they are.

import type { NextApiRequest, NextApiResponse } from "next";

const LORGNON = process.env.LORGNON_URL ?? "http://127.0.0.1:3000";
// A picture takes tens of milliseconds; a queue may stand before it.
const TIMEOUT_MS = 30_000;

// Not parsed here: pictures are large, and the server has the limits.
export const config = { api: { bodyParser: false } };

export default async function handler(request: NextApiRequest, response: NextApiResponse) {
  const { k } = request.query;
  const query = typeof k === "string" ? `?k=${encodeURIComponent(k)}` : "";
  const headers = new Headers();
  for (const name of ["content-type", "content-length", "accept-language"]) {
    const value = request.headers[name];
    if (typeof value === "string") headers.set(name, value);
  }
  const withBody = request.method !== "GET" && request.method !== "HEAD";
  try {
    const answer = await fetch(`${LORGNON}/api/analyze-look${query}`, {
      method: request.method,
      headers,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      // A stream is sent as it comes in; Node.js wants to be told that no answer is read meanwhile.
      ...(withBody ? { body: request as unknown as ReadableStream, duplex: "half" } : {}),
    } as RequestInit);
    response.status(answer.status);
    for (const name of ["content-type", "allow", "retry-after", "x-request-id"]) {
      const value = answer.headers.get(name);
      if (value) response.setHeader(name, value);
    }
    response.send(Buffer.from(await answer.arrayBuffer()));
  } catch (error) {
    console.error("Lorgnon does not answer", error);
    response.status(502).json({ error: "Analyse impossible" });
  }
}
