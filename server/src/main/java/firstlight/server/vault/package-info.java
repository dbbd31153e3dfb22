/** Secrets that the server keeps for its engines. */
@NullMarked
package firstlight.server.vault;

import org.jspecify.annotations.NullMarked;
