package firstlight.server.api;

import firstlight.image.store.ImageVersion;
import firstlight.server.access.Permission;
import firstlight.server.images.ImageCare;
import firstlight.server.images.ImageJob;
import firstlight.server.images.ImageJobs;
import java.io.IOException;
import java.util.List;

/** {@code /image-jobs}: long work on the store. */
final class ImageJobRoutes {
    private final ImageCare care;
    private final ImageJobs jobs;
    private final ImageFinder finder;
    private final Acts acts;

    private enum Kind {
        VERIFY,
        COLLECT
    }

    ImageJobRoutes(ImageCare care, ImageJobs jobs, Acts acts) {
        this.care = care;
        this.jobs = jobs;
        this.finder = new ImageFinder(care.images());
        this.acts = acts;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/image-jobs", Permission.SEE, _ -> Answer.ok(Json.items(jobs.list(), ImageView::job))),
                Route.post("/image-jobs", Permission.ADMINISTER, this::start)
                        .fields("kind", "image", "percent", "dryRun"),
                Route.get("/image-jobs/{job}", Permission.SEE, request -> Answer.ok(ImageView.job(job(request)))),
                Route.delete("/image-jobs/{job}", Permission.ADMINISTER, this::cancel));
    }

    private Answer start(Request request) throws ApiProblem, IOException {
        Body body = request.body();
        ImageJob job = switch (body.word("kind", Kind.class)) {
            case VERIFY -> {
                ImageVersion version = finder.find(body.text("image"));
                int percent = body.number("percent", 100, 1, 100);
                yield jobs.start("verify " + version.name(), progress -> care.verify(version, percent, progress));
            }
            case COLLECT -> {
                boolean dryRun = body.flag("dryRun", false);
                yield jobs.start(
                        dryRun ? "collect garbage (dry run)" : "collect garbage",
                        progress -> care.collect(dryRun, progress));
            }
        };
        acts.record(request, "image.job", List.of(), job.what());
        return Answer.accepted(ImageView.job(job));
    }

    private ImageJob job(Request request) throws ApiProblem {
        String cure = "see firstlight image jobs";
        long number = request.number("job", "job", cure);
        return jobs.find(number).orElseThrow(() -> ApiProblem.notFound("there is no job " + number, cure));
    }

    private Answer cancel(Request request) throws ApiProblem {
        ImageJob job = job(request);
        if (!jobs.cancel(job.id())) {
            throw ApiProblem.conflict("job " + job.id() + " has ended already", "there is nothing to cancel");
        }
        acts.record(request, "image.job.cancel", List.of(), job.what());
        return Answer.nothing();
    }
}
