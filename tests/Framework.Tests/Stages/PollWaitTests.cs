using System.IO.Pipes;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Endpoints;
using Culvert.Endpoints.Interop;

namespace Framework.Tests.Stages;

[SupportedOSPlatform("linux")]
public sealed class PollWaitTests : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    private readonly AnonymousPipeServerStream _first = new(PipeDirection.Out);
    private readonly AnonymousPipeServerStream _second = new(PipeDirection.Out);
    private readonly PollWait _wait;

    public PollWaitTests()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("poll(2) and eventfd(2) are Linux's.");
        }

        _wait = new PollWait(Reader(_first), Reader(_second));
    }

    [Fact]
    public void The_readable_file_is_reported()
    {
        _second.WriteByte(1);
        var result = _wait.Wait();
        Assert.Equal((false, true, false), (result.IsReady(0), result.IsReady(1), result.Woken));
        _first.WriteByte(1);
        result = _wait.Wait();
        Assert.Equal((true, true, false), (result.IsReady(0), result.IsReady(1), result.Woken));
    }

    [Fact]
    public void A_wake_is_told_beside_a_file_and_used_up()
    {
        _first.WriteByte(1);
        _wait.Wake();
        _wait.Wake();
        Assert.Equal(new PollResult(1, Woken: true), _wait.Wait());
        Assert.Equal(new PollResult(1, Woken: false), _wait.Wait());
    }

    [Fact]
    public void A_file_whose_other_end_is_gone_is_ready()
    {
        _second.Dispose();
        Assert.True(_wait.Wait().IsReady(1));
    }

    [Fact]
    public void Look_returns_the_same_without_waiting()
    {
        Assert.True(_wait.Look().IsNothing);
        _second.WriteByte(1);
        Assert.Equal(new PollResult(2, Woken: false), _wait.Look());
        _wait.Wake();
        Assert.Equal(new PollResult(2, Woken: true), _wait.Look());
        Assert.False(_wait.Look().Woken);
        Assert.False(_wait.Look().IsNothing);
    }

    [Fact]
    public void It_waits_until_there_is_something()
    {
        var result = default(PollResult);
        var waiter = new Thread(() => result = _wait.Wait());
        waiter.Start();
        Assert.False(waiter.Join(50));
        _wait.Wake();
        Assert.True(waiter.Join(_patience));
        Assert.True(result.Woken);
    }

    [Fact]
    public void No_wake_is_lost_between_two_threads()
    {
        const int Rounds = 20_000;
        var pending = 0;
        var seen = 0;
        var waiter = new Thread(() =>
        {
            while (seen < Rounds)
            {
                // Returns for each wake; what was posted before it must be seen after it.
                _wait.Wait();
                seen = Volatile.Read(ref pending);
            }
        });
        waiter.Start();
        for (var i = 1; i <= Rounds; i++)
        {
            Volatile.Write(ref pending, i);
            _wait.Wake();
        }

        Assert.True(waiter.Join(_patience));
        Assert.Equal(Rounds, seen);
    }

    [Fact]
    public void A_wake_after_the_end_does_nothing()
    {
        _wait.Dispose();
        _wait.Wake();
    }

    [Fact]
    public void More_files_than_can_be_polled_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PollWait(new int[PollWait.MaxFiles + 1]));

    [Fact]
    public void The_native_structure_has_the_header_s_layout()
    {
        Assert.Equal(8, Unsafe.SizeOf<Poll.PollFd>());
        Assert.Equal(6, (int)Marshal.OffsetOf<Poll.PollFd>(nameof(Poll.PollFd.revents)));
    }

    public void Dispose()
    {
        _wait?.Dispose();
        _first.Dispose();
        _second.Dispose();
    }

    private static int Reader(AnonymousPipeServerStream pipe) => (int)pipe.ClientSafePipeHandle.DangerousGetHandle();
}
