// The page is whole without scripts; times become the visitor's own, and the map comes when it is near.
import { base } from "./texts.js";
import { makeLocal } from "./times.js";

const place = document.getElementById("map-here");

async function bring() {
  const [{ wake }, response] = await Promise.all([import("./map.js"), fetch(`${base}/map`)]);
  if (!response.ok) return;
  const map = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("map");
  if (!map.querySelector(".map-place")) {
    place.replaceChildren(map);
    return;
  }
  for (const part of [".map-key", ".map-place"]) place.querySelector(part).replaceWith(map.querySelector(part));
  wake(place);
  document.documentElement.dataset.map = "here";
}

makeLocal(document);
if ("IntersectionObserver" in window) {
  const watcher = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watcher.disconnect();
    bring();
  }, { rootMargin: "600px" });
  watcher.observe(place);
}
