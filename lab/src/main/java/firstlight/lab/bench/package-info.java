/** {@code firstlight bench}: our servers beside their peers, in one run on one machine. */
@NullMarked
package firstlight.lab.bench;

import org.jspecify.annotations.NullMarked;
