/** Who asks, and what they may: sign-in by password, directory or OIDC provider, sessions, API tokens. */
@NullMarked
package firstlight.server.access;

import org.jspecify.annotations.NullMarked;
