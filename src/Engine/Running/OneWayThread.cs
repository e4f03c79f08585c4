namespace Culvert.Engine.Running;

/// <summary>Serves one direction whose source waits by itself, because it cannot be polled.</summary>
internal sealed class OneWayThread(string name, LaneDirection direction) : LaneThread(name, direction)
{
    protected override void WakeReceive(bool inTime) => direction.WakeSource(inTime);

    protected override void Serve()
    {
        direction.TakeUp();
        direction.Carry();
        if (direction.HasWork)
        {
            // More than one round may carry: then what has come is taken, but nothing waited for.
            direction.WakeSource(inTime: false);
        }

        direction.Receive(waits: true);
    }
}
