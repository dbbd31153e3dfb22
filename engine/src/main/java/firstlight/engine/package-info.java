/** The imaging engine: the program that runs in the imaging environment and does the work. */
@NullMarked
package firstlight.engine;

import org.jspecify.annotations.NullMarked;
