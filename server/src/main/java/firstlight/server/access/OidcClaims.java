package firstlight.server.access;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A verified ID token's claims, as a person. */
final class OidcClaims {
    private OidcClaims() {}

    /**
     * @param nameClaim what somebody is called here
     * @param memberClaim a list or one text; what is neither, or absent, is no membership
     * @throws AccessFailure NO_ROLE when there is no name
     */
    static Person person(Map<String, Object> claims, String nameClaim, String memberClaim) throws AccessFailure {
        String name = at(claims, nameClaim)
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .orElseThrow(() -> new AccessFailure(
                        AccessFailure.Kind.NO_ROLE,
                        "the provider's ID token has no claim '" + nameClaim + "'",
                        "name another with access.oidc.name-claim, or ask for another scope"));
        String fullName = claims.get("name") instanceof String text ? text : "";
        List<String> memberships = at(claims, memberClaim)
                .map(value -> switch (value) {
                    case List<?> list -> list.stream().map(String::valueOf).toList();
                    case String text -> List.of(text);
                    default -> List.<String>of();
                })
                .orElse(List.of());
        return new Person(name, fullName, memberships);
    }

    /** {@code realm_access.roles} goes down; a claim whose own name has dots (a URL) is taken as it is. */
    private static Optional<Object> at(Map<String, Object> claims, String path) {
        Object whole = claims.get(path);
        if (whole != null) {
            return Optional.of(whole);
        }
        int dot = path.indexOf('.');
        return dot > 0 && claims.get(path.substring(0, dot)) instanceof Map<?, ?> inner
                ? Optional.ofNullable(inner.get(path.substring(dot + 1)))
                : Optional.empty();
    }
}
