using System.Text;
using Culvert.Filtering;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Stages;
using Microsoft.Extensions.DependencyInjection;

namespace OddPlugin;

public sealed record NoOptions;

/// <summary>No packet can go through it.</summary>
[Stage("no-packet-stage", "Implements half of the contract.")]
public sealed class NoPacketStage : IStageDefinition<NoOptions>
{
    public static StageShape Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);
}

public sealed record PositionalOptions(int Number);

/// <summary>Its options cannot be created without a value for each.</summary>
[Stage("positional", "Has options with a constructor.")]
public sealed class PositionalStage : IPacketStage, IStageDefinition<PositionalOptions>
{
    public static StageShape Shape(PositionalOptions options) => StageShape.Through(PacketKind.Ip);
}

public sealed record StrangeOptions
{
    [Option("No one can write this in a file.")]
    public StringBuilder? Builder { get; init; }
}

[Stage("strange", "Has an option of a type that no file can hold.")]
public sealed class StrangeStage : IPacketStage, IStageDefinition<StrangeOptions>
{
    public static StageShape Shape(StrangeOptions options) => StageShape.Through(PacketKind.Ip);
}

public sealed record ReadOnlyOptions
{
    [Option("No one can set this.")]
    public int Number { get; } = 1;
}

[Stage("read-only", "Has an option that cannot be set.")]
public sealed class ReadOnlyStage : IPacketStage, IStageDefinition<ReadOnlyOptions>
{
    public static StageShape Shape(ReadOnlyOptions options) => StageShape.Through(PacketKind.Ip);
}

public sealed record ThrowingOptions
{
    [Option("Fails to get its default.")]
    public int Number { get; init; } = int.Parse("no number", System.Globalization.CultureInfo.InvariantCulture);
}

[Stage("throwing", "Has options that throw when they are made.")]
public sealed class ThrowingStage : IPacketStage, IStageDefinition<ThrowingOptions>
{
    public static StageShape Shape(ThrowingOptions options) => StageShape.Through(PacketKind.Ip);
}

/// <summary>Nothing is wrong with it.</summary>
[Stage("good", "Is right, and implements the contract explicitly.", IsExperimental = true)]
public sealed class GoodStage : IPacketStage, IStageDefinition<NoOptions>
{
    static StageShape IStageDefinition<NoOptions>.Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);

    void IPacketStage.Inbound(PacketBatch batch)
    {
    }
}

public sealed record ChoosyOptions
{
    [Option("The packets that it wants.")]
    public PacketFilter Match { get; init; } = PacketFilter.Everything;
}

/// <summary>Uses the filter language, which the program brings.</summary>
[Stage("choosy", "Has a filter expression.")]
public sealed class ChoosyStage : IPacketStage, IStageDefinition<ChoosyOptions>
{
    public static StageShape Shape(ChoosyOptions options) => StageShape.Through(PacketKind.Ip);

    public void Outbound(PacketBatch batch)
    {
    }
}

[Stage("silent", "Handles no direction.")]
public sealed class SilentStage : IPacketStage, IStageDefinition<NoOptions>
{
    public static StageShape Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);
}

[Stage("unwoken", "Waits where nobody can wake it.")]
public sealed class UnwokenStage : IPacketEndpoint, IStageDefinition<NoOptions>
{
    public static StageShape Shape(NoOptions options) => StageShape.HostEndpoint(PacketKind.Ip, new HostEndpointShape());

    public void Inbound(PacketBatch batch)
    {
    }

    public void Receive(PacketFiller filler)
    {
    }
}

[Stage("misspelt", "Has a direction in the wrong case, which nobody calls.")]
public sealed class MisspeltStage : IPacketStage, IStageDefinition<NoOptions>
{
    public static StageShape Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);

    public void OutBound(PacketBatch batch)
    {
    }

    public void Inbound(PacketBatch batch)
    {
    }
}

[Stage("async", "Returns before it is done.")]
public sealed class AsyncStage : IPacketStage, IStageDefinition<NoOptions>
{
    public static StageShape Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);

    public async void Outbound(PacketBatch batch) => await Task.Yield();
}

[Stage("two-constructors", "Cannot decide.")]
public sealed class TwoConstructorsStage : IPacketStage, IStageDefinition<NoOptions>
{
    public TwoConstructorsStage(NoOptions options)
    {
    }

    public TwoConstructorsStage(NoOptions options, IStageContext context)
    {
    }

    public static StageShape Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);

    public void Outbound(PacketBatch batch)
    {
    }
}

[Stage("unserved", "Takes a service that nobody registers.")]
public sealed class UnservedStage(NoOptions options, IStageContext context, StringBuilder builder) : IPacketStage, IStageDefinition<NoOptions>
{
    public static StageShape Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);

    public void Outbound(PacketBatch batch) => builder.Append(options).Append(context.Id);
}

[Stage("no-endpoint", "Takes the context of an endpoint.")]
public sealed class NoEndpointStage(IEndpointContext context) : IPacketStage, IStageDefinition<NoOptions>
{
    public static StageShape Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);

    public void Outbound(PacketBatch batch) => context.ReportMtu(batch.Count);
}

[Stage("no-registration", "Names a class that registers nothing.", Services = typeof(StringBuilder))]
public sealed class NoRegistrationStage : IPacketStage, IStageDefinition<NoOptions>
{
    public static StageShape Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);

    public void Outbound(PacketBatch batch)
    {
    }
}

[Stage("served", "Takes what its plugin registers.", Services = typeof(OddServices))]
public sealed class ServedStage(StringBuilder builder) : IPacketStage, IStageDefinition<NoOptions>
{
    public static StageShape Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);

    public void Outbound(PacketBatch batch) => builder.Append(batch.Count);
}

public sealed class OddServices : IStageServices
{
    public void Register(IServiceCollection services) => services.AddSingleton(new StringBuilder());
}
