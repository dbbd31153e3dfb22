package firstlight.image.restore;

import firstlight.image.work.Workers;
import java.io.IOException;
import java.util.Optional;

/** One thread of a restore onto a disk that holds nothing of the image. */
record StepWorker(WriteWorker writer, VerifyWorker verifier, Optional<ReadBehind> behind)
        implements Workers.Worker<Step> {
    @Override
    public void work(Step step) throws IOException {
        switch (step) {
            case Step.Write write -> {
                writer.write(write);
                behind.ifPresent(each -> each.written(write.batch()));
            }
            case Step.Verify verify -> {
                verifier.work(verify.batch());
                behind.ifPresent(ReadBehind::wasRead);
            }
        }
    }

    @Override
    public void close() {
        writer.close();
        verifier.close();
    }
}
