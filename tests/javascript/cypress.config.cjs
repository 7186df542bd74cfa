const control = `http://127.0.0.1:${process.env.MOCK_PORT ?? "4010"}/_mockcdrs`

module.exports = {
  e2e: {
    setupNodeEvents(on) {
      on("task", {
        // cy.task("mockcdrs", { method: "POST", path: "/faults", body: { status: 503, path: "/cdrs", times: 1 } })
        async mockcdrs({ method = "GET", path, body }) {
          const headers = body && { "Content-Type": "application/json" }
          const answer = await fetch(control + path, { method, headers, body: body && JSON.stringify(body) })
          return answer.status === 204 ? null : answer.json()
        },
      })
    },
  },
}
