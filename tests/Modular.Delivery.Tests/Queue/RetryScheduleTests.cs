using Modular.Delivery.Queue;

namespace Modular.Delivery.Tests.Queue;

public sealed class RetryScheduleTests
{
    private static readonly DateTimeOffset Queued = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    private static readonly RetrySchedule Schedule = new()
    {
        FirstDelay = TimeSpan.FromMinutes(15),
        MaxDelay = TimeSpan.FromHours(4),
        GiveUpAge = TimeSpan.FromDays(3),
    };

    [Theory]
    [InlineData(1, 15)]
    [InlineData(2, 30)]
    [InlineData(3, 60)]
    [InlineData(5, 240)]
    [InlineData(6, 240)]
    [InlineData(90, 240)]
    public void The_delay_doubles_up_to_its_ceiling(int attempts, int minutes) =>
        Assert.Equal(Queued.AddMinutes(minutes), Schedule.NextTry(Queued, attempts, Queued, jitter: 0.5));

    [Theory]
    [InlineData(0, 13.5)]
    [InlineData(0.5, 15)]
    [InlineData(1, 16.5)]
    public void Jitter_moves_it_by_a_tenth_at_most(double jitter, double minutes) =>
        Assert.Equal(Queued.AddMinutes(minutes), Schedule.NextTry(Queued, 1, Queued, jitter));

    [Fact]
    public void The_last_attempt_falls_on_the_give_up_age()
    {
        var late = Queued.AddDays(3).AddMinutes(-20);

        Assert.Equal(Queued.AddDays(3), Schedule.NextTry(Queued, 20, late, 0.5));
        Assert.Null(Schedule.NextTry(Queued, 21, Queued.AddDays(3), 0.5));
    }

    [Fact]
    public void A_long_pause_before_the_first_attempt_gives_nothing_up()
    {
        var afterAWeek = Queued.AddDays(7);

        Assert.Equal(afterAWeek.AddMinutes(15), Schedule.NextTry(Queued, 1, afterAWeek, 0.5));
        Assert.Equal(afterAWeek.AddMinutes(30), Schedule.NextTry(Queued, 2, afterAWeek, 0.5));
        Assert.Null(Schedule.NextTry(Queued, 3, afterAWeek, 0.5));
    }

    [Fact]
    public void The_number_of_attempts_can_end_it_too() =>
        Assert.Null((Schedule with { MaxAttempts = 4 }).NextTry(Queued, 4, Queued.AddMinutes(1), 0.5));

    [Fact]
    public void A_capture_run_ends_within_a_minute()
    {
        var now = Queued;
        var attempts = 1;
        while (RetrySchedule.ForCapture.NextTry(Queued, attempts, now, 1) is { } next) (now, attempts) = (next, attempts + 1);

        Assert.Equal(RetrySchedule.ForCapture.MaxAttempts, attempts);
        Assert.InRange(now - Queued, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1));
    }
}
