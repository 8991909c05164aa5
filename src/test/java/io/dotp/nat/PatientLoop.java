package io.dotp.nat;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * An event loop on which no deadline ever comes: what is told is what the writer decided, however
 * slow the machine is.
 */
final class PatientLoop extends ScheduledThreadPoolExecutor {
  PatientLoop() {
    super(1);
    setRemoveOnCancelPolicy(true);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    // What is to run at once comes by this way too.
    return delay == 0 ? super.schedule(task, 0, unit) : super.schedule(task, 1, TimeUnit.DAYS);
  }
}
