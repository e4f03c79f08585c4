using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Culvert.Engine.Planning;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Hardening;

/// <summary>
/// What a running pipeline gives up (<c>sandbox</c> in pipeline.yaml): 1. core dumps and being read by other processes, before a key is read;
/// 2. once everything is open, the capabilities it no longer needs; 3. system calls that a tunnel never needs. Linux only. Not thread-safe.
/// </summary>
/// <param name="logger">Receives what could not be given up.</param>
/// <param name="keepsLowPorts">Whether a socket may be moved to a port below 1024 later.</param>
internal sealed class ProcessSandbox(ILogger logger, bool keepsLowPorts = false)
{
    private bool _deviceExisted;
    private bool _hasFilter;

    /// <summary>Whether the process is in the sandbox.</summary>
    public bool IsOn { get; private set; }

    /// <summary>Step 1. For a program that is about to read its file.</summary>
    public static void Prepare() => ProcessMemory.Close();

    /// <summary>Looks at the machine before the pipeline of a plan is opened.</summary>
    public void BeforeStart(PipelinePlan plan) => _deviceExisted = OperatingSystem.IsLinux() && NeededCapabilities.HasDevice(plan);

    /// <summary>Steps 2 and 3, or the undoing of step 1. Called when a pipeline runs, at the start and after each reload.</summary>
    /// <param name="wanted">What the file says.</param>
    /// <param name="plan">What runs.</param>
    /// <param name="file">The pipeline's file, which a reload reads again.</param>
    public void Enter(bool wanted, PipelinePlan plan, string file)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        if (IsOn || !wanted)
        {
            if (IsOn && !wanted)
            {
                SandboxLog.SandboxStaysOn(logger);
            }
            else if (!IsOn)
            {
                ProcessMemory.Open();
            }

            return;
        }

        IsOn = true;
        ProcessMemory.Close();
        ProcessMemory.Seal();
        try
        {
            ReduceCapabilities(NeededCapabilities.Of(plan, _deviceExisted, keepsLowPorts), file);
        }
        catch (IOException error)
        {
            // Without /proc no thread can be found.
            SandboxLog.CapabilitiesKept(logger, error.Message);
        }

        _hasFilter = InstallFilter();
        SandboxLog.SandboxOn(logger, CapabilityReduction.Current.ToString());
    }

    /// <summary>The state for <c>culvert status</c>: null where there is no sandbox or it is off.</summary>
    public JsonObject? ToJson() => !IsOn ? null : new JsonObject
    {
        ["filter"] = _hasFilter,
        ["capabilities"] = new JsonArray([.. CapabilityReduction.Current.Names.Select(name => (JsonNode)name)]),
    };

    private void ReduceCapabilities(CapabilitySet keep, string file)
    {
        if (CapabilityReduction.Apply(keep) is { } reason)
        {
            SandboxLog.CapabilitiesKept(logger, reason);
            return;
        }

        try
        {
            using var handle = File.OpenHandle(file);
        }
        catch (UnauthorizedAccessException)
        {
            SandboxLog.FileOutOfReach(logger, file);
        }
        catch (IOException)
        {
            // Gone since it was read: the reload will say so.
        }
    }

    private bool InstallFilter()
    {
        if (!SeccompFilter.IsSupported)
        {
            SandboxLog.NoFilter(logger, $"none is known for the architecture {RuntimeInformation.ProcessArchitecture}");
            return false;
        }

        if (SeccompFilter.Install() is not 0 and var error)
        {
            SandboxLog.NoFilter(logger, Marshal.GetPInvokeErrorMessage(error));
            return false;
        }

        return true;
    }
}
