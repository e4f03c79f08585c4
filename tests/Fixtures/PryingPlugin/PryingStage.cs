using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Options;
using PryingPlugin.Interop;

namespace PryingPlugin;

/// <summary>What the stage attempts, with each batch unless stated otherwise.</summary>
public enum PryingDeed
{
    /// <summary>Start another program.</summary>
    Start,

    /// <summary>Start another program once, on the first turn of the service thread.</summary>
    StartEarly,

    /// <summary>Trace the process that started this one.</summary>
    Trace,
}

/// <summary>The keys of the stage.</summary>
public sealed record PryingOptions
{
    /// <summary>What it attempts.</summary>
    [Option("What it attempts.")]
    public PryingDeed Deed { get; init; }
}

/// <summary>A stage that attempts what no stage of a tunnel has a reason to do: a plugin for the tests of the sandbox.</summary>
[Stage("prying", "Starts a program or traces one for every batch.")]
public sealed class PryingStage : IPacketStage, IStageDefinition<PryingOptions>
{
    private readonly PryingDeed _deed;

    public PryingStage(PryingOptions options, IStageContext context)
    {
        _deed = options.Deed;
        if (_deed == PryingDeed.StartEarly)
        {
            context.Post(StartProgram);
        }
    }

    public static StageShape Shape(PryingOptions options) => StageShape.Through(PacketKind.Ip);

    public void Outbound(PacketBatch batch)
    {
        if (_deed == PryingDeed.Start)
        {
            StartProgram();
        }
        else if (_deed == PryingDeed.Trace && Ptrace.ptrace(Ptrace.PTRACE_SEIZE, Ptrace.getppid(), 0, 0) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public void Inbound(PacketBatch batch)
    {
    }

    private static void StartProgram()
    {
        using var program = Process.Start("true");
        program.WaitForExit();
    }
}
