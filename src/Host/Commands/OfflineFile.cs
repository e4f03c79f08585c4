using System.Diagnostics.CodeAnalysis;
using Culvert.Engine.Loading;
using Culvert.Engine.Planning;
using Culvert.Engine.Plugins;
using Culvert.Engine.Running;
using Culvert.Host.Output;
using Culvert.Tools.Captures;

namespace Culvert.Host.Commands;

/// <summary>The common parts of the offline tools: planning the file, and reporting what is wrong with files.</summary>
internal static class OfflineFile
{
    /// <summary>Reads and plans the pipeline file; reports what is wrong with it.</summary>
    public static bool TryPlan(string path, TextWriter error, [NotNullWhen(true)] out PipelinePlan? plan)
    {
        var loaded = new PipelineLoader(PluginStore.BesideProgram()).Load(path);
        DiagnosticOutput.Write(error, loaded.Diagnostics);
        plan = loaded.Plan;
        return loaded.IsValid;
    }

    /// <summary>Runs a command's work and reports what is wrong with a file.</summary>
    /// <param name="capture">The capture's name, for messages.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="work">The work; gives the exit code.</param>
    public static int Guard(string capture, TextWriter error, Func<int> work)
    {
        try
        {
            return work();
        }
        catch (CaptureException wrong)
        {
            error.WriteLine($"{capture}: {wrong.Message}");
            return ExitCodes.WrongInput;
        }
        catch (PipelineStartException wrong)
        {
            error.WriteLine(wrong.Remedy is { } remedy ? $"{wrong.Message}; {remedy}" : wrong.Message);
            return ExitCodes.Failure;
        }
        catch (Exception wrong) when (wrong is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            error.WriteLine($"{wrong.Message.TrimEnd('.')}; give the path of a file that exists and that this user may open");
            return ExitCodes.WrongInput;
        }
        catch (InvalidDataException wrong)
        {
            error.WriteLine(wrong.Message);
            return ExitCodes.WrongInput;
        }
        catch (IOException wrong)
        {
            error.WriteLine(wrong.Message);
            return ExitCodes.Failure;
        }
    }
}
