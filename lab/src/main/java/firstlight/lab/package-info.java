/** A virtual LAN with real firmware on it: scenarios, the demo and the benchmarks. */
@NullMarked
package firstlight.lab;

import org.jspecify.annotations.NullMarked;
