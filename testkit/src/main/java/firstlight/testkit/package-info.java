/** What every test needs: codec laws, seeded randomness, a virtual clock, a lossy network. Test scope only. */
@NullMarked
package firstlight.testkit;

import org.jspecify.annotations.NullMarked;
