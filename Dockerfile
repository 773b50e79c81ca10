# One image for every program of the network; what a container runs is its command, e.g.
#   docker run … senim dist/subgraphs/operator/main.js serve
# The embedded PostgreSQL and everything that is needed only to build and test stay out of it.

FROM node:24-bookworm-slim AS build
WORKDIR /senim
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY .ci .ci
COPY gateway gateway
COPY shared shared
COPY subgraphs subgraphs
RUN npm run -s build

FROM node:24-bookworm-slim AS packages
WORKDIR /senim
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
WORKDIR /senim
COPY --from=packages /senim/node_modules node_modules
COPY --from=build /senim/dist dist
COPY package.json LICENSE ./
# A volume takes over owner and mode of the folder at which it is first mounted.
RUN install -d -o node -g node /etc/senim/trust /etc/senim/transport /var/lib/senim \
  && for party in afc afc-gateway afc-numbering afc-dispatcher numbering kcell beeline tele2 regulator; do install -d -o node -g node -m 700 "/etc/senim/keys/$party"; done
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 CMD ["node", "dist/shared/health/main.js"]
ENTRYPOINT ["node"]
CMD ["dist/gateway/main.js", "serve"]
