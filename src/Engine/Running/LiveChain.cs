using Culvert.Engine.Planning;
using Culvert.Engine.Running.Shadows;

namespace Culvert.Engine.Running;

/// <summary>The entries that run now and the lanes that run them. <see cref="Switch"/> and <see cref="Rebuild"/> exclude each other.</summary>
internal sealed class LiveChain(PipelinePlan plan)
{
    private readonly Lock _gate = new();
    private bool _frozen;

    /// <summary>The plan that runs.</summary>
    public PipelinePlan Plan { get; private set; } = plan;

    /// <summary>From the host endpoint to the network endpoint.</summary>
    public StageUnit[] Units { get; set; } = [];

    public Lane[] Lanes { get; set; } = [];

    /// <summary>Publishes another chain to every lane; does not wait for them.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="units">The entries.</param>
    /// <param name="shadows">The candidates beside them, by place; null for none.</param>
    /// <returns>False once it is frozen.</returns>
    public bool Switch(PipelinePlan plan, StageUnit[] units, Shadow?[] shadows)
    {
        lock (_gate)
        {
            if (_frozen)
            {
                return false;
            }

            for (var place = 0; place < units.Length; place++)
            {
                (units[place].Plan, units[place].Shadow) = (plan.Stages[place], shadows[place]);
            }

            (Units, Plan) = (units, plan);
            foreach (var lane in Lanes)
            {
                lane.Switch(new Chain(units.Select(unit => unit.Nodes[lane.Index])));
            }

            return true;
        }
    }

    /// <summary>Publishes the same stages again, without the bypassed ones.</summary>
    public void Rebuild()
    {
        lock (_gate)
        {
            foreach (var lane in Lanes)
            {
                lane.Switch(new Chain(lane.Chain.Nodes));
            }
        }
    }

    /// <summary>From now on the entries stay: the pipeline closes.</summary>
    public void Freeze()
    {
        lock (_gate)
        {
            _frozen = true;
        }
    }
}
