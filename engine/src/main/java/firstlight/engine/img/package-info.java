/** {@code img}: imaging by hand, at the prompt of the imaging environment. */
@NullMarked
package firstlight.engine.img;

import org.jspecify.annotations.NullMarked;
