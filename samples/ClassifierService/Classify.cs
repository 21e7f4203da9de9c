using Oml.Sdk;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;

namespace ClassifierService;

/// <summary><c>POST /classify</c>: 784 numbers as JSON, under the permission in the header <c>Authorization: Bearer</c>, in base64url.</summary>
internal static class Classify
{
    private const int Pixels = 28 * 28;

    public static async Task<IResult> HandleAsync(HttpRequest request, float[] pixels, OmlModel model, CancellationToken cancellationToken)
    {
        if (pixels.Length != Pixels)
        {
            return Results.Problem($"A digit has {Pixels} pixels; got {pixels.Length}.", statusCode: StatusCodes.Status400BadRequest);
        }

        if (!TryReadPermission(request, out byte[] permission))
        {
            return Results.Problem("Send a permission: Authorization: Bearer <base64url>.", statusCode: StatusCodes.Status401Unauthorized);
        }

        try
        {
            InferenceInputs inputs = new InferenceInputs().Add(model.Signature.Inputs[0].Name, pixels, 1, 1, 28, 28);
            using InferenceOutputs outputs = await model.InferAsync(inputs, permission, cancellationToken);
            float[] scores = outputs[0].GetSpan<float>().ToArray();
            return Results.Ok(new Classification(Array.IndexOf(scores, scores.Max()), scores));
        }
        catch (PermissionDeniedException denied)
        {
            // The reason is the caller's to know; clients act on its name.
            return Results.Problem(
                denied.Message, statusCode: StatusCodes.Status403Forbidden, extensions: new Dictionary<string, object?> { ["reason"] = denied.Reason.ToString() });
        }
    }

    private static bool TryReadPermission(HttpRequest request, out byte[] permission)
    {
        const string scheme = "Bearer ";
        permission = [];
        string header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(scheme, StringComparison.Ordinal))
        {
            return false;
        }

        try
        {
            permission = System.Buffers.Text.Base64Url.DecodeFromChars(header.AsSpan(scheme.Length));
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
