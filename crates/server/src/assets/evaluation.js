// The page is whole without scripts; times become the visitor's own.
import { makeLocal } from "./times.js";

makeLocal(document);
