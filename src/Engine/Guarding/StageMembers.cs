using System.Reflection;
using Culvert.Counters;
using Culvert.Options;
using Culvert.Stages;

namespace Culvert.Engine.Guarding;

/// <summary>Calls into the static members of a stage's class.</summary>
internal static class StageMembers<TStage, TOptions>
    where TStage : class, IPacketStage, IStageDefinition<TOptions>
    where TOptions : class
{
    public static StageShape Shape(TOptions options) => PluginGuard.Call(new("Shape"), options, static one => TStage.Shape(one));

    public static void Validate(TOptions options, OptionsReport report) =>
        PluginGuard.Call(new("Validate"), (options, report), static one => TStage.Validate(one.options, one.report));

    public static void ValidatePlan(TOptions options, StagePlan plan, OptionsReport report) => PluginGuard.Call(
        new("ValidatePlan"), (options, plan, report), static one => TStage.ValidatePlan(one.options, one.plan, one.report));

    /// <returns>Null where the stage takes the options under traffic.</returns>
    public static string? WhyReopen(TOptions running, TOptions wanted) => typeof(ILiveEndpoint<TOptions>).IsAssignableFrom(typeof(TStage))
        ? (string?)CallGeneric("WhyReopen", nameof(WhyReopenOf), running, wanted)
        : "its options changed";

    public static (object A, object B) ForTwin(TOptions options) => typeof(ITwinOptions<TOptions>).IsAssignableFrom(typeof(TStage))
        ? ((object, object))CallGeneric("ForTwin", nameof(TwinOptionsOf), options)!
        : (options, options);

    public static void DeclareCounters(CounterSet counters) =>
        PluginGuard.Call(new("DeclareCounters"), counters, static one => TStage.DeclareCounters(one));

    // The class need not implement these interfaces, so that the constraint can only be met at run time.
    private static object? CallGeneric(string member, string method, params object[] arguments) => PluginGuard.Call(
        new(member), (method, arguments), static one => typeof(StageMembers<TStage, TOptions>)
            .GetMethod(one.method, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(typeof(TStage))
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, one.arguments, null));

    private static string? WhyReopenOf<T>(TOptions running, TOptions wanted)
        where T : ILiveEndpoint<TOptions> => T.WhyReopen(running, wanted);

    private static (object A, object B) TwinOptionsOf<T>(TOptions options)
        where T : ITwinOptions<TOptions> => T.ForTwin(options);
}
