/** The composition root: configuration, wiring, lifecycle and the command line. */
@NullMarked
package firstlight.server;

import org.jspecify.annotations.NullMarked;
