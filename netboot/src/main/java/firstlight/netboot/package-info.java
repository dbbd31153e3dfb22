/** The servers that a firmware meets. Engines are (state, input, now) to (state, effects); a thin runner owns each socket. */
@NullMarked
package firstlight.netboot;

import org.jspecify.annotations.NullMarked;
