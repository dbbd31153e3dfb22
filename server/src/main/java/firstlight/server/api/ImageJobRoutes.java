package firstlight.server.api;

import firstlight.image.capture.IfUnreadable;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.VersionNotes;
import firstlight.server.access.Permission;
import firstlight.server.configuration.Configuration;
import firstlight.server.images.DiskImport;
import firstlight.server.images.ImageCare;
import firstlight.server.images.ImageJob;
import firstlight.server.images.ImageJobs;
import firstlight.server.images.Import;
import firstlight.server.images.WimImport;
import firstlight.server.sites.Sites;
import firstlight.server.vault.Vault;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code /image-jobs}: long work on the store. */
final class ImageJobRoutes {
    /** qemu-img's names. */
    private static final List<String> FORMATS = List.of("raw", "qcow2", "vpc", "vhdx", "vmdk", "vdi");

    private final ImageCare care;
    private final ImageJobs jobs;
    private final Sites sites;
    private final ImageFinder finder;
    private final Acts acts;
    private final Vault vault;
    private final Path scratch;

    private enum Kind {
        VERIFY,
        COLLECT,
        PACK,
        IMPORT,
        PULL
    }

    /** @param scratch a directory with room for what is unpacked on its way in */
    ImageJobRoutes(ImageCare care, ImageJobs jobs, Sites sites, Acts acts, Vault vault, Path scratch) {
        this.sites = sites;
        this.vault = vault;
        this.scratch = scratch;
        this.care = care;
        this.jobs = jobs;
        this.finder = new ImageFinder(care.images());
        this.acts = acts;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/image-jobs", Permission.SEE, _ -> Answer.ok(Json.items(jobs.list(), ImageView::job))),
                Route.post("/image-jobs", Permission.ADMINISTER, this::start)
                        .fields(
                                "kind",
                                "image",
                                "percent",
                                "dryRun",
                                "file",
                                "format",
                                "sectorSize",
                                "ifUnreadable",
                                "index",
                                "size",
                                "from",
                                "as",
                                "all",
                                "level"),
                Route.get("/image-jobs/{job}", Permission.SEE, request -> Answer.ok(ImageView.job(job(request)))),
                Route.delete("/image-jobs/{job}", Permission.ADMINISTER, this::cancel));
    }

    /** 202 with the job at once; how it ends, also that another server does not answer, is in the job. */
    private Answer start(Request request) throws ApiProblem, IOException {
        Body body = request.body();
        ImageJob job = switch (body.word("kind", Kind.class)) {
            case VERIFY -> {
                ImageVersion version = finder.find(body.text("image"));
                int percent = body.number("percent", 100, 1, 100);
                yield jobs.start("verify " + version.name(), progress -> care.verify(version, percent, progress));
            }
            case IMPORT -> {
                Import disk = file(body);
                VersionNotes.Entry entry =
                        new VersionNotes.Entry(request.now(), request.caller().name(), "imported");
                yield jobs.start(
                        "import " + disk.file() + " as " + disk.image(),
                        progress -> disk.run(care.images(), entry, progress));
            }
            case PULL -> pull(request, body);
            case COLLECT -> {
                boolean dryRun = body.flag("dryRun", false);
                yield jobs.start(
                        dryRun ? "collect garbage (dry run)" : "collect garbage",
                        progress -> care.collect(dryRun, progress));
            }
            case PACK -> {
                int level = body.number("level", Configuration.Images.USUAL.packLevel(), 1, 19);
                yield jobs.start("pack chunks anew", progress -> care.pack(level, progress));
            }
        };
        acts.record(request, "image.job", List.of(), job.what());
        return Answer.accepted(ImageView.job(job));
    }

    /** At once, beside a job that runs: see {@link ImageJobs#startAtOnce}. */
    private ImageJob pull(Request request, Body body) throws ApiProblem {
        String who = request.caller().name();
        Optional<String> from = body.optional("from");
        if (body.flag("all", false)) {
            return jobs.startAtOnce(
                    "pull all" + from.map(name -> " from " + name).orElse(""),
                    progress -> sites.pullAll(from, who, progress));
        }
        String text = body.text("image");
        int at = text.indexOf('@');
        String image = at < 0 ? text : text.substring(0, at);
        String version = at < 0 ? "latest" : text.substring(at + 1);
        ImageFinder.name("image", image);
        if (!version.matches("[A-Za-z0-9._-]{1,40}")) {
            throw body.wrong("image", text, "NAME, NAME@VERSION or NAME@TAG");
        }
        Optional<String> as = body.optional("as");
        Optional<ImageName> name = as.isPresent() ? Optional.of(ImageFinder.name("as", as.get())) : Optional.empty();
        return jobs.startAtOnce(
                "pull " + text + from.map(server -> " from " + server).orElse(""),
                progress -> sites.pull(image, version, from, name, who, progress));
    }

    private static Path path(Body body, String text) throws ApiProblem {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) { // with a NUL in it, or letters that the server's locale does not have
            throw body.wrong("file", text, "a path that this server's host can have");
        }
    }

    /** Any file of the server's host that its account can read: therefore an administrator's. */
    private Import file(Body body) throws ApiProblem, IOException {
        Path file = path(body, body.text("file"));
        if (!file.isAbsolute()) {
            throw body.wrong("file", file.toString(), "an absolute path on the server's host");
        }
        Optional<String> format = body.optional("format");
        if (format.isEmpty() && Import.isWim(file)) {
            if (body.has("ifUnreadable")) {
                throw body.wrong("ifUnreadable", body.text("ifUnreadable"), "nothing: " + file + " is a WIM, no disk");
            }
            if (body.has("sectorSize")) {
                throw body.unfit(
                        "sectorSize",
                        String.valueOf(body.get("sectorSize")),
                        "left out: " + file + " is a WIM, no disk");
            }
            return new WimImport(
                    file,
                    ImageFinder.name("image", body.text("image")),
                    body.has("index") ? Optional.of(body.number("index", 1, 1, 10_000)) : Optional.empty(),
                    body.has("size") ? Optional.of(body.number("size", 0, 8, 1 << 30)) : Optional.empty(),
                    scratch);
        }
        for (String ofWim : List.of("index", "size")) {
            if (body.has(ofWim)) {
                throw body.unfit(
                        ofWim,
                        String.valueOf(body.number(ofWim, 0, 0, Integer.MAX_VALUE)),
                        "nothing: " + file + " is no Windows image file (WIM)");
            }
        }
        if (format.isPresent() && !FORMATS.contains(format.get())) {
            throw body.wrong("format", format.get(), "one of " + String.join(", ", FORMATS));
        }
        int sectorSize = body.number("sectorSize", 512, 512, 4096);
        if (sectorSize != 512 && sectorSize != 4096) {
            throw body.unfit("sectorSize", String.valueOf(sectorSize), "512 or 4096");
        }
        return new DiskImport(
                file,
                ImageFinder.name("image", body.text("image")),
                format,
                sectorSize,
                body.word("ifUnreadable", IfUnreadable.STOP),
                vault,
                scratch);
    }

    private ImageJob job(Request request) throws ApiProblem {
        String cure = "see firstlight image jobs";
        long number = request.number("job", "job", cure);
        return jobs.find(number).orElseThrow(() -> ApiProblem.notFound("there is no job " + number, cure));
    }

    /** It ends at its next report, not with the answer. 409 when it has ended. */
    private Answer cancel(Request request) throws ApiProblem {
        ImageJob job = job(request);
        if (!jobs.cancel(job.id())) {
            throw ApiProblem.conflict("job " + job.id() + " has ended already", "there is nothing to cancel");
        }
        acts.record(request, "image.job.cancel", List.of(), job.what());
        return Answer.nothing();
    }
}
