/** What happens in each boot: decisions recorded, events named by the seed's phases, one readable line each. */
@NullMarked
package firstlight.server.boots;

import org.jspecify.annotations.NullMarked;
