/** The REST API on loopback, for this host's command line. */
@NullMarked
package firstlight.server.api;

import org.jspecify.annotations.NullMarked;
