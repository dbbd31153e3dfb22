/** The messages between imaging engine and server, as docs/protocol/engine.md tells them. */
@NullMarked
package firstlight.wire.work;

import org.jspecify.annotations.NullMarked;
