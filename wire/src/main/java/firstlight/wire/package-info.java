/** Bytes to records and back: pure functions that know no clock, socket or log. */
@NullMarked
package firstlight.wire;

import org.jspecify.annotations.NullMarked;
