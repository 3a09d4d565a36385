'use strict';

/** The node and credential classes of this package by name, for programs. n8n itself reads package.json. */
const { n8n } = require('./package.json');

for (const path of [...n8n.credentials, ...n8n.nodes]) {
	Object.assign(exports, require(`./${path}`));
}
