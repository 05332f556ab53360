// Starts SpiderMonkey with a bundle and writes what it then is as a component: `node build.mjs BUNDLE WIT WORLD OUT`.

import { writeFile } from "node:fs/promises";

import { componentize } from "@bytecodealliance/componentize-js";

const [bundle, witPath, worldName, out] = process.argv.slice(2);
// Modules reach the network through the contract; without `fetch` the engine imports no part of wasi:http.
const disableFeatures = ["http", "fetch-event"];
const { component } = await componentize({ sourcePath: bundle, witPath, worldName, disableFeatures });
await writeFile(out, component);
