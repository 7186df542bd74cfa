import { expect, test } from "@playwright/test"

const control = `http://127.0.0.1:${process.env.MOCK_PORT ?? "4010"}/_mockcdrs`

test.beforeEach(({ request }) => request.post(`${control}/reset`))

test("the page shows every call, although the server fails once", async ({ page, request }) => {
  await request.post(`${control}/faults`, { data: { status: 503, path: "/cdrs", times: 1 } })
  const { count } = await (await request.get(`${control}/expected`)).json()
  await page.goto("/")
  await expect(page.locator("#calls li")).toHaveCount(count)
})
