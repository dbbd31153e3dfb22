/** Commands that talk to the running server through its API, and what they print. */
@NullMarked
package firstlight.server.cli;

import org.jspecify.annotations.NullMarked;
