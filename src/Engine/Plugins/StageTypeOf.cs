using System.Reflection;
using Culvert.Counters;
using Culvert.Engine.Configuration.Binding;
using Culvert.Engine.Guarding;
using Culvert.Options;
using Culvert.Stages;

namespace Culvert.Engine.Plugins;

/// <summary>The one implementation of <see cref="StageType"/>: reaches the class's static members through its type parameters.</summary>
internal sealed class StageType<TStage, TOptions> : StageType
    where TStage : class, IPacketStage, IStageDefinition<TOptions>
    where TOptions : class
{
    private readonly StageAttribute _declared = typeof(TStage).GetCustomAttribute<StageAttribute>(inherit: false)
        ?? throw new ArgumentException($"{typeof(TStage).FullName} has no [Stage] attribute");

    public override string Name => _declared.Name;

    public override string Summary => _declared.Summary;

    public override bool IsExperimental => _declared.IsExperimental;

    public override Type StageClass => typeof(TStage);

    public override Type OptionsType => typeof(TOptions);

    public override OptionSchema Options { get; } = OptionSchema.Of(typeof(TOptions));

    public override StageShape Shape(object options) => StageMembers<TStage, TOptions>.Shape((TOptions)options);

    public override void Validate(object options, OptionsReport report) => StageMembers<TStage, TOptions>.Validate((TOptions)options, report);

    public override void ValidatePlan(object options, StagePlan plan, OptionsReport report) =>
        StageMembers<TStage, TOptions>.ValidatePlan((TOptions)options, plan, report);

    public override string? WhyReopen(object running, object wanted) => StageMembers<TStage, TOptions>.WhyReopen((TOptions)running, (TOptions)wanted);

    public override (object A, object B) ForTwin(object options) => StageMembers<TStage, TOptions>.ForTwin((TOptions)options);

    public override IReadOnlyList<Counter> DeclaredCounters()
    {
        var counters = new CounterSet();
        StageMembers<TStage, TOptions>.DeclareCounters(counters);
        return counters.All;
    }

    public override IPacketStage Create(object options, IStageContext context, IServiceProvider services) =>
        StageCalls.Create(services, typeof(TStage), options, context);
}
