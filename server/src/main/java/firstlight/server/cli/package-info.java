/** Commands that talk to the running server through its API, or read this host's image store themselves, and what they print. */
@NullMarked
package firstlight.server.cli;

import org.jspecify.annotations.NullMarked;
