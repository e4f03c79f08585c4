using Culvert.Plugins.Encrypt.WireGuard.Probing;

namespace Encrypt.Tests.Probing;

/// <summary>Ways with round trips and losses that the test sets, probed every half second.</summary>
public sealed class RouteSelectorTests
{
    private static readonly TimeSpan _tick = TimeSpan.FromSeconds(0.5);

    private readonly RouteSelector _selector = new(2);
    private readonly double?[] _milliseconds = [20, 20];
    private readonly Queue<(TimeSpan At, int Route, ushort Id)> _answers = new();
    private readonly List<(double Second, int Route)> _moves = [];
    private TimeSpan _now = TimeSpan.FromSeconds(1000);
    private int _active;
    private ushort _id;

    [Fact]
    public void A_way_that_is_cut_is_left_within_three_seconds_and_taken_again_after_ten()
    {
        Run(seconds: 30);
        Assert.Empty(_moves);
        _milliseconds[0] = null;
        Run(seconds: 10);
        var move = Assert.Single(_moves);
        Assert.Equal(1, move.Route);
        Assert.InRange(move.Second, 0, 2.5);

        _moves.Clear();
        _milliseconds[0] = 20;
        Run(seconds: 60);
        move = Assert.Single(_moves);
        Assert.Equal(0, move.Route);
        Assert.InRange(move.Second, 10, 60);
    }

    [Fact]
    public void A_way_that_comes_and_goes_is_not_taken_back()
    {
        Run(seconds: 10);
        _milliseconds[0] = null;
        Run(seconds: 10);
        _moves.Clear();
        for (var i = 0; i < 20; i++)
        {
            _milliseconds[0] = i % 2 == 0 ? 20 : null;
            Run(seconds: 5);
        }

        Assert.Empty(_moves);
    }

    [Fact]
    public void The_faster_way_is_taken_when_it_is_worth_it()
    {
        (_milliseconds[0], _milliseconds[1]) = (100, 80);
        Run(seconds: 60);
        Assert.Empty(_moves);
        _milliseconds[1] = 20;
        Run(seconds: 120);
        Assert.Equal(1, Assert.Single(_moves).Route);
    }

    [Fact]
    public void Random_loss_moves_the_peer_hardly_ever()
    {
        var random = new Random(1);
        for (var i = 0; i < 3600; i++)
        {
            (_milliseconds[0], _milliseconds[1]) = (random.Next(10) == 0 ? null : 20, random.Next(10) == 0 ? null : 20);
            Step(isSilent: false);
        }

        Assert.True(_moves.Count <= 4, $"{_moves.Count} moves");
    }

    [Fact]
    public void Without_another_way_that_answers_nothing_moves()
    {
        Run(seconds: 10);
        (_milliseconds[0], _milliseconds[1]) = (null, null);
        Run(seconds: 1);
        _moves.Clear();
        Run(seconds: 60);
        Assert.Empty(_moves);
    }

    private void Run(double seconds)
    {
        var began = _now;
        for (var i = 0; i < seconds * 2; i++)
        {
            Step(isSilent: _milliseconds[_active] is null);
            _moves.RemoveAll(move => move.Second < 0);
        }

        for (var i = 0; i < _moves.Count; i++)
        {
            _moves[i] = (_moves[i].Second > 900 ? _moves[i].Second - began.TotalSeconds : _moves[i].Second, _moves[i].Route);
        }
    }

    private void Step(bool isSilent)
    {
        while (_answers.TryPeek(out var answer) && answer.At <= _now)
        {
            _answers.Dequeue();
            _selector[answer.Route].HandleAnswer(answer.At, answer.Id);
        }

        for (var route = 0; route < 2; route++)
        {
            _selector[route].HandleSent(_now, ++_id);
            if (_milliseconds[route] is { } time)
            {
                _answers.Enqueue((_now + TimeSpan.FromMilliseconds(time), route, _id));
            }
        }

        if (_selector.Decide(_now, _active, isSilent) is { } to)
        {
            _active = to;
            _moves.Add((_now.TotalSeconds, to));
        }

        _now += _tick;
    }
}
