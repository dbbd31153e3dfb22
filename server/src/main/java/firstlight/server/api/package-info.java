/** The REST API: on loopback for this host's command line, over TLS for users, their tokens and other servers (docs/api.md, docs/access.md). */
@NullMarked
package firstlight.server.api;

import org.jspecify.annotations.NullMarked;
