using System.Reflection;
using Culvert.Counters;
using Culvert.Engine.Configuration.Binding;
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

    public override StageShape Shape(object options) => TStage.Shape((TOptions)options);

    public override void Validate(object options, OptionsReport report) => TStage.Validate((TOptions)options, report);

    public override void ValidatePlan(object options, StagePlan plan, OptionsReport report) =>
        TStage.ValidatePlan((TOptions)options, plan, report);

    public override string? WhyReopen(object running, object wanted) =>
        typeof(ILiveEndpoint<TOptions>).IsAssignableFrom(typeof(TStage))
            ? (string?)typeof(StageType<TStage, TOptions>).GetMethod(nameof(WhyReopenOf), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(typeof(TStage)).Invoke(null, BindingFlags.DoNotWrapExceptions, null, [running, wanted], null)
            : "its options changed";

    public override (object A, object B) ForTwin(object options) =>
        typeof(ITwinOptions<TOptions>).IsAssignableFrom(typeof(TStage))
            ? ((object, object))typeof(StageType<TStage, TOptions>).GetMethod(nameof(TwinOptionsOf), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(typeof(TStage)).Invoke(null, BindingFlags.DoNotWrapExceptions, null, [options], null)!
            : (options, options);

    public override IReadOnlyList<Counter> DeclaredCounters()
    {
        var counters = new CounterSet();
        TStage.DeclareCounters(counters);
        return counters.All;
    }

    public override IPacketStage Create(object options, IStageContext context, IServiceProvider services) =>
        (IPacketStage)StageConstruction.Create(services, typeof(TStage), options, context);

    private static string? WhyReopenOf<T>(TOptions running, TOptions wanted)
        where T : ILiveEndpoint<TOptions> => T.WhyReopen(running, wanted);

    private static (object A, object B) TwinOptionsOf<T>(TOptions options)
        where T : ITwinOptions<TOptions> => T.ForTwin(options);
}
