package firstlight.server.api;

import firstlight.database.Kept;

/** What the database made of a wish, or the problem. */
final class KeptOr {
    private KeptOr() {}

    /** @throws ApiProblem 409 when it was refused, 404 when it is gone */
    static <T> T problem(Kept<T> kept, String cure) throws ApiProblem {
        return switch (kept) {
            case Kept.Done<T>(T value) -> value;
            case Kept.Refused<T>(String why) -> throw ApiProblem.conflict(why, cure);
            case Kept.Gone<T> _ -> throw ApiProblem.notFound("it is not there any more", cure);
        };
    }
}
